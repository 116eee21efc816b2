package dev.ktstr.run;

import dev.ktstr.CgroupStats;
import dev.ktstr.WorkerStats;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.WorkerReport;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.GroupLabel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns the agent's reports into statistics under the names that the author gave. */
final class StatsDecoder {
    /** The cgroup of a step, or of the backdrop. */
    private record Key(int step, String cgroup) {}

    private StatsDecoder() {}

    /** The reports by cgroup, in the order of their making; a cgroup whose workers never ran is left out. */
    static List<CgroupStats> decode(EncodedScenario scenario, ScenarioResult result) {
        Map<Key, List<WorkerStats>> workers = new LinkedHashMap<>();
        Map<Key, List<Integer>> cpus = new LinkedHashMap<>();
        for (GroupLabel group : scenario.groups()) {
            Key key = new Key(group.step(), group.cgroup());
            cpus.putIfAbsent(key, group.cpus());
            List<WorkerStats> of = workers.computeIfAbsent(key, k -> new ArrayList<>());
            result.workers().stream()
                    .filter(report -> report.label() == group.label())
                    .map(StatsDecoder::worker)
                    .forEach(of::add);
        }
        List<CgroupStats> stats = new ArrayList<>();
        workers.forEach((key, of) -> {
            if (!of.isEmpty()) {
                String name = key.cgroup().isEmpty() ? "(host)" : key.cgroup();
                stats.add(new CgroupStats(key.step(), name, cpus.getOrDefault(key, List.of()), of));
            }
        });
        return stats;
    }

    private static WorkerStats worker(WorkerReport r) {
        return new WorkerStats(
                r.tid(),
                r.workUnits(),
                r.iterations(),
                r.cpuTimeNs(),
                r.wallTimeNs(),
                r.offCpuNs(),
                r.migrations(),
                r.cpusUsed(),
                r.longestGapNs(),
                r.longestGapCpu(),
                r.longestGapAtNs(),
                r.runDelayNs(),
                r.runCount(),
                r.waitStatus(),
                r.completed());
    }
}
