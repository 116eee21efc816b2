package dev.ktstr.checks;

import dev.ktstr.CgroupStats;
import java.util.stream.Stream;

/** Checks on where a cgroup's memory lies. One function each, without side effects; no host explains them. */
final class MemoryChecks {
    private MemoryChecks() {}

    /** Enough of the memory is on the nodes it belongs on. */
    static Stream<Violation> locality(CgroupStats cgroup, double least) {
        double locality = cgroup.pageLocality().orElse(1);
        return locality < least
                ? Stream.of(line(
                        "misplaced memory in cgroup '%s': %.3f of its pages are on its nodes, %d of %d (threshold %s)",
                        cgroup, locality, cgroup.localPages().orElse(0), least))
                : Stream.empty();
    }

    /** Not too much of the memory was moved between nodes. */
    static Stream<Violation> crossNodeMigration(CgroupStats cgroup, double limit) {
        double ratio = cgroup.crossNodeMigrationRatio().orElse(0);
        return ratio > limit
                ? Stream.of(line(
                        "moved memory in cgroup '%s': %.3f of its pages were migrated between nodes, %d of %d (threshold %s)",
                        cgroup, ratio, cgroup.migratedPages().orElse(0), limit))
                : Stream.empty();
    }

    /** Not too much of the memory is on nodes without CPUs. */
    static Stream<Violation> slowTier(CgroupStats cgroup, double limit) {
        double ratio = cgroup.slowTierRatio().orElse(0);
        return ratio > limit
                ? Stream.of(line(
                        "slow memory in cgroup '%s': %.3f of its pages are on nodes without CPUs, %d of %d (threshold %s)",
                        cgroup, ratio, cgroup.slowTierPages().orElse(0), limit))
                : Stream.empty();
    }

    private static Violation line(String format, CgroupStats cgroup, double ratio, long pages, double limit) {
        return Violation.of(Numbers.format(
                format, cgroup.name(), ratio, pages, cgroup.pages().orElse(0), Numbers.limit(limit)));
    }
}
