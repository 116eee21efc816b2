package dev.ktstr.run;

import dev.ktstr.CgroupStats;
import dev.ktstr.LatencyHistogram;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkerStats;
import dev.ktstr.WorkerStats.CpuUse;
import dev.ktstr.WorkerStats.Gap;
import dev.ktstr.WorkerStats.Migration;
import dev.ktstr.WorkerStats.SchedStats;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.WorkerReport;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.GroupLabel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Turns the agent's reports into statistics by step and cgroup. Reports are bytes from a guest: one that contradicts itself is
 * refused with what is wrong in it.
 */
public final class StatsDecoder {
    /** Name of what runs outside the managed cgroups. */
    public static final String ROOT = "(host)";

    /** A cgroup in a step, or in the backdrop. */
    private record Key(int step, String cgroup) {}

    private final TestTopology topology;

    /** A decoder for guests of that topology. */
    public StatsDecoder(TestTopology topology) {
        this.topology = topology;
    }

    /**
     * The statistics of a scenario, under the names that the author gave, in the order in which the cgroups were made. A
     * cgroup whose workers never ran is left out.
     *
     * @throws RunException when a report contradicts itself
     */
    public List<CgroupStats> decode(EncodedScenario scenario, ScenarioResult result) {
        List<GroupLabel> groups = scenario.groups();
        MemoryHomes homes = MemoryHomes.of(scenario.plan(), topology);
        Map<Integer, GroupLabel> byLabel = new LinkedHashMap<>();
        groups.forEach(group -> byLabel.put(group.label(), group));
        Map<Key, List<Integer>> cpusets = new LinkedHashMap<>();
        groups.forEach(group -> cpusets.putIfAbsent(new Key(group.step(), group.cgroup()), group.cpus()));
        Map<Key, List<WorkerStats>> workers = new LinkedHashMap<>();
        cpusets.keySet().forEach(key -> workers.put(key, new ArrayList<>()));
        result.workers().stream()
                .sorted(Comparator.comparingInt(WorkerReport::label).thenComparingInt(WorkerReport::index))
                .forEach(report -> workers.computeIfAbsent(key(report, byLabel), key -> new ArrayList<>())
                        .add(worker(report, homes)));
        List<CgroupStats> stats = new ArrayList<>();
        workers.forEach((key, some) -> {
            if (!some.isEmpty()) {
                stats.add(new CgroupStats(key.step(), name(key), cpusets.getOrDefault(key, List.of()), some));
            }
        });
        return stats;
    }

    /** A label that nobody gave keeps its workers in the result, under the name that the agent says. */
    private static Key key(WorkerReport report, Map<Integer, GroupLabel> groups) {
        GroupLabel group = groups.get(report.label());
        return group == null ? new Key(report.step(), report.cgroup()) : new Key(group.step(), group.cgroup());
    }

    private static String name(Key key) {
        return key.cgroup().isEmpty() ? ROOT : key.cgroup();
    }

    private static WorkerStats worker(WorkerReport r, MemoryHomes homes) {
        try {
            return new WorkerStats(
                    r.tid(),
                    r.pid(),
                    r.label(),
                    r.index(),
                    natural("a release", r.releasedNs()),
                    r.messenger(),
                    natural("work units", r.workUnits()),
                    natural("iterations", r.iterations()),
                    natural("CPU time", r.cpuTimeNs()),
                    natural("wall time", r.wallTimeNs()),
                    natural("off-CPU time", r.offCpuNs()),
                    natural("migrations", r.migrations()),
                    r.migrationList().stream()
                            .map(m -> new Migration(m.atNs(), m.from(), m.to()))
                            .toList(),
                    r.cpuUse().stream()
                            .map(use -> new CpuUse(use.allowed(), use.used()))
                            .toList(),
                    gap(r),
                    schedStats(r),
                    wakes(r),
                    homes.pages(r),
                    r.waitStatus(),
                    r.completed(),
                    Optional.of(r.error()).filter(error -> !error.isEmpty()));
        } catch (IllegalArgumentException e) {
            throw RunException.guest(
                    "scenario",
                    "the agent's report of tid " + r.tid() + " in cgroup '" + r.cgroup() + "' contradicts itself: "
                            + e.getMessage(),
                    e);
        }
    }

    private static long natural(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " of " + value);
        }
        return value;
    }

    private static Optional<Gap> gap(WorkerReport r) {
        return r.longestGapCpu() < 0
                ? Optional.empty()
                : Optional.of(new Gap(natural("a gap", r.longestGapNs()), r.longestGapCpu(), r.longestGapAtNs()));
    }

    private static Optional<SchedStats> schedStats(WorkerReport r) {
        return r.runDelayNs() < 0 || r.runCount() < 0
                ? Optional.empty()
                : Optional.of(new SchedStats(r.runDelayNs(), r.runCount(), measured(r.schedstatCpuNs())));
    }

    private static OptionalLong measured(long value) {
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** A worker that was killed while it counted may have a bucket without its sum, or the reverse: the buckets count. */
    private static LatencyHistogram wakes(WorkerReport r) {
        Stream<LatencyHistogram.Bucket> buckets = r.wakeBuckets().stream()
                .filter(b -> b.count() != 0)
                .map(b -> new LatencyHistogram.Bucket(b.index(), b.count()));
        if (r.completed()) {
            return LatencyHistogram.of(buckets.toList(), r.wakeMinNs(), r.wakeMaxNs(), (double) r.wakeSumNs());
        }
        long max = Math.max(r.wakeMaxNs(), Math.max(0, r.wakeMinNs()));
        return LatencyHistogram.of(buckets.toList(), Math.min(Math.max(0, r.wakeMinNs()), max), max, (double)
                Math.max(r.wakeSumNs(), max));
    }
}
