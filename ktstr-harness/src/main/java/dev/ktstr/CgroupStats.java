package dev.ktstr;

import java.util.Arrays;
import java.util.List;

/**
 * What the workers of one cgroup reported.
 *
 * @param step index of the step it ran in
 * @param name the cgroup's name
 * @param cpuset the CPUs it was confined to, empty when it was not
 * @param workers one entry per worker
 */
public record CgroupStats(int step, String name, List<Integer> cpuset, List<WorkerStats> workers) {
    /** Copies the lists. */
    public CgroupStats {
        cpuset = List.copyOf(cpuset);
        workers = List.copyOf(workers);
    }

    /** How many CPUs its workers were seen on. */
    public int cpus() {
        return (int)
                workers.stream().flatMap(w -> w.cpusUsed().stream()).distinct().count();
    }

    /** Least off-CPU share of a worker, in percent. */
    public double minOffCpuPct() {
        return workers.stream().mapToDouble(WorkerStats::offCpuPct).min().orElse(0);
    }

    /** Largest off-CPU share of a worker, in percent. */
    public double maxOffCpuPct() {
        return workers.stream().mapToDouble(WorkerStats::offCpuPct).max().orElse(0);
    }

    /** How far the workers' off-CPU shares lie apart, in percentage points. */
    public double spreadPct() {
        return maxOffCpuPct() - minOffCpuPct();
    }

    /** Longest gap of any worker, in ms. */
    public long gapMs() {
        return workers.stream().mapToLong(WorkerStats::longestGapMs).max().orElse(0);
    }

    /** Migrations of all workers. */
    public long migrations() {
        return workers.stream().mapToLong(WorkerStats::migrations).sum();
    }

    /** Iterations of all workers. */
    public long iterations() {
        return workers.stream().mapToLong(WorkerStats::iterations).sum();
    }

    /**
     * Standard deviation over mean of the workers' {@linkplain WorkerStats#workRate() work rates}, of the population;
     * 0 when there is no rate.
     */
    public double throughputCv() {
        double[] rates = workers.stream().mapToDouble(WorkerStats::workRate).toArray();
        double mean = Arrays.stream(rates).average().orElse(0);
        if (mean == 0) {
            return 0;
        }
        double variance =
                Arrays.stream(rates).map(r -> (r - mean) * (r - mean)).average().orElse(0);
        return Math.sqrt(variance) / mean;
    }
}
