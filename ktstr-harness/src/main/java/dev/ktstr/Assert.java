package dev.ktstr;

import dev.ktstr.checks.HostEvidence;
import dev.ktstr.checks.Judge;
import dev.ktstr.checks.MergedChecks;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Thresholds that are laid over others; what is not set here is left as it was. An immutable value.
 *
 * <p>Order, last written wins: defaults, the scheduler's checks, the test's attributes, and an {@code Assert} given to
 * {@link Ctx#executeStepsWith}.
 */
public final class Assert {
    /** Sets nothing. */
    public static final Assert NO_OVERRIDES = new Assert(new EnumMap<>(Threshold.class));

    private final Map<Threshold, Double> values;

    private Assert(Map<Threshold, Double> values) {
        this.values = values;
    }

    /**
     * The limits of every test that sets none: not starved, 15 percentage points of spread, gaps of 2 s, and the monitor's: an
     * imbalance of 4, 50 tasks in a local queue, no stall, 200 fallbacks and 100 keep-lasts per second on a CPU, each for 5 samples.
     */
    public static Assert defaultChecks() {
        return monitorChecks().notStarved(true).maxSpreadPct(15).maxGapMs(2000);
    }

    private static Assert monitorChecks() {
        return NO_OVERRIDES
                .maxImbalanceRatio(4)
                .maxLocalDsqDepth(50)
                .failOnStall(true)
                .sustainedSamples(5)
                .maxFallbackRate(200)
                .maxKeepLastRate(100);
    }

    /** The defaults where the backend cannot keep time with the host: 35 percentage points, 3 s; the rest is the same. */
    public static Assert relaxedChecks() {
        return monitorChecks().notStarved(true).maxSpreadPct(35).maxGapMs(3000);
    }

    /** With {@link Threshold#NOT_STARVED} on or off. */
    public Assert notStarved(boolean on) {
        return with(Threshold.NOT_STARVED, on ? 1 : 0);
    }

    /** With {@link Threshold#ISOLATION} on or off. */
    public Assert isolation(boolean on) {
        return with(Threshold.ISOLATION, on ? 1 : 0);
    }

    /** With that {@link Threshold#MAX_SPREAD_PCT}. */
    public Assert maxSpreadPct(double points) {
        return with(Threshold.MAX_SPREAD_PCT, points);
    }

    /** With that {@link Threshold#MAX_GAP_MS}. */
    public Assert maxGapMs(double ms) {
        return with(Threshold.MAX_GAP_MS, ms);
    }

    /** With that {@link Threshold#MAX_THROUGHPUT_CV}. */
    public Assert maxThroughputCv(double cv) {
        return with(Threshold.MAX_THROUGHPUT_CV, cv);
    }

    /** With that {@link Threshold#MIN_WORK_RATE}. */
    public Assert minWorkRate(double unitsPerCpuSecond) {
        return with(Threshold.MIN_WORK_RATE, unitsPerCpuSecond);
    }

    /** With that {@link Threshold#MAX_IMBALANCE_RATIO}. */
    public Assert maxImbalanceRatio(double ratio) {
        return with(Threshold.MAX_IMBALANCE_RATIO, ratio);
    }

    /** With that {@link Threshold#MAX_LOCAL_DSQ_DEPTH}. */
    public Assert maxLocalDsqDepth(int tasks) {
        return with(Threshold.MAX_LOCAL_DSQ_DEPTH, tasks);
    }

    /** With {@link Threshold#FAIL_ON_STALL} on or off. */
    public Assert failOnStall(boolean on) {
        return with(Threshold.FAIL_ON_STALL, on ? 1 : 0);
    }

    /** With that {@link Threshold#SUSTAINED_SAMPLES}. */
    public Assert sustainedSamples(int samples) {
        return with(Threshold.SUSTAINED_SAMPLES, samples);
    }

    /** With that {@link Threshold#MAX_FALLBACK_RATE}. */
    public Assert maxFallbackRate(double perSecond) {
        return with(Threshold.MAX_FALLBACK_RATE, perSecond);
    }

    /** With that {@link Threshold#MAX_KEEP_LAST_RATE}. */
    public Assert maxKeepLastRate(double perSecond) {
        return with(Threshold.MAX_KEEP_LAST_RATE, perSecond);
    }

    /** With that {@link Threshold#MAX_P99_WAKE_LATENCY_NS}. */
    public Assert maxP99WakeLatencyNs(long ns) {
        return with(Threshold.MAX_P99_WAKE_LATENCY_NS, (double) ns);
    }

    /** With that {@link Threshold#MAX_WAKE_LATENCY_CV}. */
    public Assert maxWakeLatencyCv(double cv) {
        return with(Threshold.MAX_WAKE_LATENCY_CV, cv);
    }

    /** With that {@link Threshold#MIN_ITERATION_RATE}. */
    public Assert minIterationRate(double perSecond) {
        return with(Threshold.MIN_ITERATION_RATE, perSecond);
    }

    /** With that {@link Threshold#MAX_MIGRATION_RATIO}. */
    public Assert maxMigrationRatio(double perIteration) {
        return with(Threshold.MAX_MIGRATION_RATIO, perIteration);
    }

    /** With that {@link Threshold#MIN_PAGE_LOCALITY}. */
    public Assert minPageLocality(double share) {
        return with(Threshold.MIN_PAGE_LOCALITY, share);
    }

    /** With that {@link Threshold#MAX_CROSS_NODE_MIGRATION_RATIO}. */
    public Assert maxCrossNodeMigrationRatio(double share) {
        return with(Threshold.MAX_CROSS_NODE_MIGRATION_RATIO, share);
    }

    /** With that {@link Threshold#MAX_SLOW_TIER_RATIO}. */
    public Assert maxSlowTierRatio(double share) {
        return with(Threshold.MAX_SLOW_TIER_RATIO, share);
    }

    /**
     * With one threshold set.
     *
     * @throws IllegalArgumentException when the value is negative or not a number
     */
    public Assert with(Threshold threshold, double value) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException(threshold.attribute() + " must be 0 or more, got " + value);
        }
        Map<Threshold, Double> next = new EnumMap<>(Threshold.class);
        next.putAll(values);
        next.put(threshold, value);
        return new Assert(next);
    }

    /**
     * Judges the workers of one cgroup by what is set here, as the low-level API needs it: nothing is inherited.
     *
     * @param name the cgroup's, for the lines
     */
    public AssertResult assertCgroup(String name, List<WorkerStats> workers) {
        List<Integer> cpuset = workers.stream()
                .flatMap(w -> w.cpuUse().stream().limit(1))
                .findFirst()
                .map(WorkerStats.CpuUse::allowed)
                .orElse(List.of());
        return Judge.judge(
                List.of(new CgroupStats(0, name, cpuset, workers)),
                MergedChecks.none().over(this, "assert"),
                HostEvidence.NONE);
    }

    /** What is set here. */
    public Map<Threshold, Double> values() {
        return Map.copyOf(values);
    }
}
