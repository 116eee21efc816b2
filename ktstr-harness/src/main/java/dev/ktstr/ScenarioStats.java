package dev.ktstr;

import dev.ktstr.annotations.Claimable;
import java.util.List;
import java.util.OptionalLong;

/**
 * What all cgroups of a test came to.
 *
 * @param cgroups in the order in which they ran
 */
@Claimable
public record ScenarioStats(List<CgroupStats> cgroups) {
    /** Copies the list. */
    public ScenarioStats {
        cgroups = List.copyOf(cgroups);
    }

    /** How many workers ran. */
    public int totalWorkers() {
        return cgroups.stream().mapToInt(CgroupStats::workerCount).sum();
    }

    /** How many CPUs they were seen on. */
    public int totalCpus() {
        return (int) cgroups.stream()
                .flatMap(c -> c.workers().stream())
                .flatMap(w -> w.cpusUsed().stream())
                .distinct()
                .count();
    }

    /** Migrations of all workers. */
    public long totalMigrations() {
        return cgroups.stream().mapToLong(CgroupStats::migrations).sum();
    }

    /** Iterations of all workers. */
    public long totalIterations() {
        return cgroups.stream().mapToLong(CgroupStats::iterations).sum();
    }

    /** Work units of all workers. */
    public long totalWorkUnits() {
        return cgroups.stream().mapToLong(CgroupStats::workUnits).sum();
    }

    /** Largest spread within a cgroup, in percentage points. */
    public double worstSpreadPct() {
        return cgroups.stream().mapToDouble(CgroupStats::spreadPct).max().orElse(0);
    }

    /** Longest gap of any worker, in ms. */
    public long worstGapMs() {
        return cgroups.stream().mapToLong(CgroupStats::gapMs).max().orElse(0);
    }

    /** Wake latencies of all workers. */
    public LatencyHistogram wakeLatency() {
        return cgroups.stream().map(CgroupStats::wakeLatency).reduce(LatencyHistogram.EMPTY, LatencyHistogram::merge);
    }

    /** Half of all wakes took at most this; empty without samples. */
    public OptionalLong medianWakeLatencyNs() {
        return wakeLatency().percentileNs(50);
    }

    /** 99 % of all wakes took at most this; empty without samples. */
    public OptionalLong p99WakeLatencyNs() {
        return wakeLatency().percentileNs(99);
    }
}
