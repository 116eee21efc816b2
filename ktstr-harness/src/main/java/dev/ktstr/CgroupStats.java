package dev.ktstr;

import dev.ktstr.annotations.Claimable;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;

/**
 * What the workers of one cgroup reported. Messengers, which wake others rather than work, count in the sums and are left out
 * where workers are compared.
 *
 * @param step index of the step it ran in; -1 for one that lived through all steps
 * @param name the cgroup's name
 * @param cpuset the CPUs it was confined to at first, empty when it was not
 * @param workers one entry per worker
 */
@Claimable(subject = "name")
public record CgroupStats(int step, String name, List<Integer> cpuset, List<WorkerStats> workers) {
    /** Copies the lists. */
    public CgroupStats {
        cpuset = List.copyOf(cpuset);
        workers = List.copyOf(workers);
    }

    /** How many workers it had. */
    public int workerCount() {
        return workers.size();
    }

    /** How many CPUs its workers were seen on. */
    public int cpus() {
        return (int)
                workers.stream().flatMap(w -> w.cpusUsed().stream()).distinct().count();
    }

    /** Work units of all workers. */
    public long workUnits() {
        return sum(WorkerStats::workUnits);
    }

    /** Iterations of all workers. */
    public long iterations() {
        return sum(WorkerStats::iterations);
    }

    /** CPU time of all workers. */
    public long cpuTimeNs() {
        return sum(WorkerStats::cpuTimeNs);
    }

    /** Migrations of all workers. */
    public long migrations() {
        return sum(WorkerStats::migrations);
    }

    /** Time that workers were runnable and not running, as the kernel counts it; empty when no worker has it. */
    public OptionalLong runDelayNs() {
        return sumOf(w -> w.runDelayNs());
    }

    /** Least off-CPU share of a worker, in percent. */
    public double minOffCpuPct() {
        return peers(WorkerStats::offCpuPct).min().orElse(0);
    }

    /** Largest off-CPU share of a worker, in percent. */
    public double maxOffCpuPct() {
        return peers(WorkerStats::offCpuPct).max().orElse(0);
    }

    /** How far the workers' off-CPU shares lie apart, in percentage points. */
    public double spreadPct() {
        return maxOffCpuPct() - minOffCpuPct();
    }

    /** Longest gap of any worker, in ms. */
    public long gapMs() {
        return workers.stream().mapToLong(WorkerStats::longestGapMs).max().orElse(0);
    }

    /** Least work units per second of CPU time of any worker; empty without workers. */
    public OptionalDouble minWorkRate() {
        return peers(WorkerStats::workRate).min();
    }

    /** Least iterations per second of wall time of any worker; empty without workers. */
    public OptionalDouble minIterationRate() {
        return peers(WorkerStats::iterationRate).min();
    }

    /**
     * Standard deviation over mean of the workers' {@linkplain WorkerStats#workRate() work rates}, of the population;
     * 0 when there is no rate.
     */
    public double throughputCv() {
        double[] rates = peers(WorkerStats::workRate).toArray();
        double mean = Arrays.stream(rates).average().orElse(0);
        if (mean == 0) {
            return 0;
        }
        double variance =
                Arrays.stream(rates).map(r -> (r - mean) * (r - mean)).average().orElse(0);
        return Math.sqrt(variance) / mean;
    }

    /** Wake latencies of all workers. */
    public LatencyHistogram wakeLatency() {
        return workers.stream().map(WorkerStats::wakeLatency).reduce(LatencyHistogram.EMPTY, LatencyHistogram::merge);
    }

    /** Half of the wakes took at most this; empty without samples. */
    public OptionalLong medianWakeLatencyNs() {
        return wakeLatency().percentileNs(50);
    }

    /** 99 % of the wakes took at most this; empty without samples. */
    public OptionalLong p99WakeLatencyNs() {
        return wakeLatency().percentileNs(99);
    }

    /** Standard deviation over mean of the wake latencies; empty without samples. */
    public OptionalDouble wakeLatencyCv() {
        return wakeLatency().cv();
    }

    /** The 99th percentile of the wake latencies over their median; empty without samples or with a median of 0. */
    public OptionalDouble wakeLatencyTailRatio() {
        LatencyHistogram all = wakeLatency();
        long median = all.percentileNs(50).orElse(0);
        return median == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) all.percentileNs(99).orElseThrow() / median);
    }

    /** Migrations per iteration; empty without iterations. */
    public OptionalDouble migrationRatio() {
        return ratio(migrations(), iterations());
    }

    /** All its workers' pages; empty when no worker's were looked at. */
    public OptionalLong pages() {
        return sumOf(w -> w.pages().map(p -> OptionalLong.of(p.total())).orElse(OptionalLong.empty()));
    }

    /** The pages on the nodes they belong on; empty when no worker's were looked at. */
    public OptionalLong localPages() {
        return sumOf(w -> w.pages().map(p -> OptionalLong.of(p.local())).orElse(OptionalLong.empty()));
    }

    /** The pages on nodes without CPUs; empty when no worker's were looked at. */
    public OptionalLong slowTierPages() {
        return sumOf(w -> w.pages().map(p -> OptionalLong.of(p.slowTier())).orElse(OptionalLong.empty()));
    }

    /** The pages that the kernel moved between nodes; empty when that was not measured. */
    public OptionalLong migratedPages() {
        return sumOf(w -> w.pages().map(WorkerStats.Pages::migrated).orElse(OptionalLong.empty()));
    }

    /**
     * Share of the pages that lie on the nodes they belong on, 0 to 1. Without any page it is 0 where a memory policy names
     * nodes, for then there had to be some; else it is empty.
     */
    public OptionalDouble pageLocality() {
        long total = pages().orElse(0);
        if (total > 0) {
            return OptionalDouble.of((double) localPages().orElse(0) / total);
        }
        boolean required = workers.stream().flatMap(w -> w.pages().stream()).anyMatch(WorkerStats.Pages::required);
        return required ? OptionalDouble.of(0) : OptionalDouble.empty();
    }

    /** Pages moved between nodes, over all pages; empty when not measured or without pages. */
    public OptionalDouble crossNodeMigrationRatio() {
        OptionalLong migrated = migratedPages();
        return migrated.isEmpty() ? OptionalDouble.empty() : ratio(migrated.getAsLong(), pages().orElse(0));
    }

    /** Share of the pages on nodes without CPUs; empty without pages. */
    public OptionalDouble slowTierRatio() {
        return ratio(slowTierPages().orElse(0), pages().orElse(0));
    }

    private static OptionalDouble ratio(long part, long whole) {
        return whole <= 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }

    private DoubleStream peers(ToDoubleFunction<WorkerStats> value) {
        return workers.stream().filter(w -> !w.messenger()).mapToDouble(value);
    }

    private long sum(ToLongFunction<WorkerStats> value) {
        return workers.stream().mapToLong(value).sum();
    }

    private OptionalLong sumOf(java.util.function.Function<WorkerStats, OptionalLong> value) {
        return workers.stream().map(value).flatMapToLong(OptionalLong::stream).reduce(Long::sum);
    }
}
