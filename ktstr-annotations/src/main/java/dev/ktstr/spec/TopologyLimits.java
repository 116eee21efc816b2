package dev.ktstr.spec;

import java.util.List;

/**
 * Which topologies a test takes in the gauntlet. Bounds are inclusive.
 *
 * @param requiresSmt whether a core must have more than one thread
 */
public record TopologyLimits(
        int minLlcs, int maxLlcs, int minCpus, int maxCpus, int minNumaNodes, int maxNumaNodes, boolean requiresSmt) {
    /** What a test takes that says nothing: one NUMA node, up to 12 LLCs and 192 CPUs. */
    public static final TopologyLimits DEFAULT = new TopologyLimits(1, 12, 1, 192, 1, 1, false);

    /** Tells whether a topology is within all bounds. */
    public boolean accepts(CpuTopology t) {
        return within(t.llcs(), minLlcs, maxLlcs)
                && within(t.cpus(), minCpus, maxCpus)
                && within(t.numaNodes(), minNumaNodes, maxNumaNodes)
                && (!requiresSmt || t.threadsPerCore() > 1);
    }

    /** The presets within all bounds, in the order of {@link GauntletPreset#all()}. */
    public List<GauntletPreset> presets() {
        return GauntletPreset.all().stream().filter(p -> accepts(p.topology())).toList();
    }

    private static boolean within(int value, int min, int max) {
        return value >= min && value <= max;
    }
}
