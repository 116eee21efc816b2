package acme;

import dev.ktstr.annotations.Flag;
import dev.ktstr.annotations.Scheduler;
import dev.ktstr.annotations.TopologyConstraints;

/**
 * The scheduler under test. Each constant is a flag that can be on or off: one flag makes two profiles, {@code default} and
 * {@code slow}. The constraints say on which preset topologies its tests make sense, or are affordable: here six of them.
 */
@Scheduler(
        name = "scx-ktstr",
        binary = "scx-ktstr",
        constraints = @TopologyConstraints(maxLlcs = 4, maxCpus = 16, maxNumaNodes = 2))
enum KtstrSched {
    /** One queue for all, long slices, extra work per dispatch. */
    @Flag(args = "--slow")
    SLOW
}
