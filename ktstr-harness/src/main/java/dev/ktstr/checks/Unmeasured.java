package dev.ktstr.checks;

import dev.ktstr.CgroupStats;
import dev.ktstr.Threshold;
import java.util.List;
import java.util.function.Predicate;

/**
 * A check that had nothing to judge in any cgroup. Where the test itself asks for it, it fails: a check that cannot fail is a
 * mistake that nobody would notice. Where it comes from the scheduler, for all tests, the result notes it.
 */
final class Unmeasured {
    private record Need(Threshold threshold, Predicate<CgroupStats> measured, String why) {}

    private static final String WAKES =
            "no worker measured a wake latency. Hint: use a work type whose workers wake each"
                    + " other, such as FutexPingPong, FutexFanOut or PipeIo, or drop the check";
    private static final String PAGES =
            "no worker's pages were counted. Hint: use a work type that touches memory, or drop the check";
    private static final String MOVES = "the guest did not count pages that move between nodes. Hint: use a kernel with"
            + " CONFIG_NUMA_BALANCING or CONFIG_MIGRATION and more than one node, or drop the check";

    private static final List<Need> NEEDS = List.of(
            new Need(Threshold.MAX_P99_WAKE_LATENCY_NS, c -> !c.wakeLatency().isEmpty(), WAKES),
            new Need(Threshold.MAX_WAKE_LATENCY_CV, c -> !c.wakeLatency().isEmpty(), WAKES),
            new Need(
                    Threshold.MAX_MIGRATION_RATIO, c -> c.migrationRatio().isPresent(), "no worker ended an iteration"),
            new Need(Threshold.MIN_PAGE_LOCALITY, c -> c.pageLocality().isPresent(), PAGES),
            new Need(
                    Threshold.MAX_CROSS_NODE_MIGRATION_RATIO,
                    c -> c.crossNodeMigrationRatio().isPresent(),
                    MOVES),
            new Need(Threshold.MAX_SLOW_TIER_RATIO, c -> c.slowTierRatio().isPresent(), PAGES));

    private Unmeasured() {}

    /** Adds a line for each check in force that no cgroup gave anything to. When nothing ran at all, that is the news. */
    static void find(List<CgroupStats> cgroups, MergedChecks checks, List<String> details, List<String> notes) {
        for (Need need : NEEDS) {
            boolean asked = checks.limit(need.threshold()).isPresent();
            if (asked && !cgroups.isEmpty() && cgroups.stream().noneMatch(need.measured())) {
                String origin = checks.origin(need.threshold()).orElse("");
                String line = need.threshold().attribute() + " judged nothing: " + need.why();
                (origin.equals("scheduler") ? notes : details).add(line);
            }
        }
    }
}
