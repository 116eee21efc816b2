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
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.WorkerReport;
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
    public static final String ROOT = "(root)";

    /** The backdrop ends after all steps, and is listed after them. */
    private static final int BACKDROP = -1;

    private final TestTopology topology;
    private final String prefix;

    /**
     * A decoder for guests of that topology.
     *
     * @param cgroupParent the cgroup below which those of the scenario were made, {@code /} for the root; it is no part of the
     *     names that the author gave
     */
    public StatsDecoder(TestTopology topology, String cgroupParent) {
        this.topology = topology;
        this.prefix = cgroupParent.equals("/") ? "" : cgroupParent.substring(1) + "/";
    }

    /**
     * The statistics of a scenario: in the order of steps, then of the plan's groups.
     *
     * @throws RunException when a report contradicts itself
     */
    public List<CgroupStats> decode(ScenarioPlan plan, ScenarioResult result) {
        return cgroups(result.workers(), PlannedGroups.of(plan, topology), new Releases(result));
    }

    /**
     * The statistics of workers that were started one operation at a time.
     *
     * @param made the cgroups with the groups that were started in them
     * @throws RunException when a report contradicts itself
     */
    public List<CgroupStats> decode(List<WorkerReport> reports, List<CgroupPlan> made) {
        return cgroups(reports, PlannedGroups.of(made, topology), Releases.NONE);
    }

    private List<CgroupStats> cgroups(List<WorkerReport> reports, PlannedGroups planned, Releases releases) {
        List<WorkerReport> ordered = reports.stream()
                .sorted(Comparator.comparingInt((WorkerReport r) -> r.step() == BACKDROP ? Integer.MAX_VALUE : r.step())
                        .thenComparingInt(planned::position)
                        .thenComparingInt(WorkerReport::label)
                        .thenComparingInt(WorkerReport::index))
                .toList();
        record Key(int step, String cgroup) {}
        Map<Key, List<WorkerStats>> workers = new LinkedHashMap<>();
        for (WorkerReport report : ordered) {
            workers.computeIfAbsent(new Key(report.step(), report.cgroup()), key -> new ArrayList<>())
                    .add(worker(report, planned, releases));
        }
        List<CgroupStats> stats = new ArrayList<>();
        workers.forEach((key, some) ->
                stats.add(new CgroupStats(key.step(), ownName(key.cgroup()), cpusetAtFirst(some), some)));
        return stats;
    }

    private String ownName(String cgroup) {
        if (cgroup.isEmpty()) {
            return ROOT;
        }
        return cgroup.startsWith(prefix) ? cgroup.substring(prefix.length()) : cgroup;
    }

    private static List<Integer> cpusetAtFirst(List<WorkerStats> workers) {
        return workers.stream()
                .flatMap(w -> w.cpuUse().stream().limit(1))
                .findFirst()
                .map(CpuUse::allowed)
                .orElse(List.of());
    }

    private WorkerStats worker(WorkerReport r, PlannedGroups planned, Releases releases) {
        try {
            return new WorkerStats(
                    r.tid(),
                    r.pid(),
                    r.label(),
                    r.index(),
                    releases.of(r),
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
                    planned.pages(r),
                    r.waitStatus(),
                    r.completed(),
                    Optional.empty());
        } catch (IllegalArgumentException e) {
            throw RunException.guest(
                    "scenario",
                    "the agent's report of tid " + r.tid() + " in cgroup '" + ownName(r.cgroup())
                            + "' contradicts itself: " + e.getMessage(),
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

    static OptionalLong measured(long value) {
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
