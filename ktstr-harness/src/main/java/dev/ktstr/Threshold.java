package dev.ktstr;

import java.util.Optional;

/** The checks that have a setting. A switch is 1 when on and 0 when off; the others are limits in their unit. */
public enum Threshold {
    /** No worker without work, and the spread and gap limits. A switch. */
    NOT_STARVED("notStarved", true),
    /** No worker outside its cpuset. A switch. */
    ISOLATION("isolation", true),
    /** Most that workers of a cgroup may differ in off-CPU time, in percentage points. */
    MAX_SPREAD_PCT("maxSpreadPct", false),
    /** Longest wall-clock gap between two checkpoints of a worker, in ms. */
    MAX_GAP_MS("maxGapMs", false),
    /** Most of stddev / mean of work units per CPU-second over the workers of a cgroup. */
    MAX_THROUGHPUT_CV("maxThroughputCv", false),
    /** Least work units per CPU-second of any worker. */
    MIN_WORK_RATE("minWorkRate", false),
    /** Most of max(nr_running) / max(1, min(nr_running)) over CPUs. */
    MAX_IMBALANCE_RATIO("maxImbalanceRatio", false),
    /** Most tasks in a local dispatch queue. */
    MAX_LOCAL_DSQ_DEPTH("maxLocalDsqDepth", false),
    /** No runqueue whose clock stands still while it has runnable tasks. A switch. */
    FAIL_ON_STALL("failOnStall", true),
    /** Samples in a row, about 100 ms apart, that a monitor check needs to fail. */
    SUSTAINED_SAMPLES("sustainedSamples", false),
    /** Most {@code SCX_EV_SELECT_CPU_FALLBACK} per second on a CPU. */
    MAX_FALLBACK_RATE("maxFallbackRate", false),
    /** Most {@code SCX_EV_DISPATCH_KEEP_LAST} per second on a CPU. */
    MAX_KEEP_LAST_RATE("maxKeepLastRate", false),
    /** Most of the 99th percentile of the wake latencies in a cgroup, in ns. */
    MAX_P99_WAKE_LATENCY_NS("maxP99WakeLatencyNs", false),
    /** Most of stddev / mean of the wake latencies in a cgroup. */
    MAX_WAKE_LATENCY_CV("maxWakeLatencyCv", false),
    /** Least iterations per wall second of any worker. */
    MIN_ITERATION_RATE("minIterationRate", false),
    /** Most migrations per iteration in a cgroup. */
    MAX_MIGRATION_RATIO("maxMigrationRatio", false),
    /** Least share of a cgroup's pages on the nodes they belong on, 0 to 1. */
    MIN_PAGE_LOCALITY("minPageLocality", false),
    /** Most of a cgroup's pages that were moved between nodes, over all of them. */
    MAX_CROSS_NODE_MIGRATION_RATIO("maxCrossNodeMigrationRatio", false),
    /** Largest share of a cgroup's pages on nodes without CPUs, 0 to 1. */
    MAX_SLOW_TIER_RATIO("maxSlowTierRatio", false);

    private final String attribute;
    private final boolean toggle;

    Threshold(String attribute, boolean toggle) {
        this.attribute = attribute;
        this.toggle = toggle;
    }

    /** The annotation attribute that sets it, also its key in the sidecar. */
    public String attribute() {
        return attribute;
    }

    /** Whether it is on or off rather than a limit. */
    public boolean toggle() {
        return toggle;
    }

    /** The threshold with that attribute name. */
    public static Optional<Threshold> byAttribute(String attribute) {
        for (Threshold threshold : values()) {
            if (threshold.attribute.equals(attribute)) {
                return Optional.of(threshold);
            }
        }
        return Optional.empty();
    }
}
