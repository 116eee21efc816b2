package dev.ktstr.checks;

import dev.ktstr.CgroupStats;
import dev.ktstr.LatencyHistogram;
import dev.ktstr.WorkerStats;
import java.util.stream.Stream;

/**
 * Checks on how much workers got done, how fast they were woken, and how often they were moved. One function each, without
 * side effects. Messengers do no work of their own, and are not judged by it.
 */
final class RateChecks {
    private RateChecks() {}

    /** Workers of a cgroup got about the same done in a second of CPU time. */
    static Stream<Violation> throughputCv(CgroupStats cgroup, double limit) {
        double cv = cgroup.throughputCv();
        return cv > limit
                ? Stream.of(Violation.of(
                        Numbers.format(
                                "uneven throughput in cgroup '%s': cv=%.2f of work units per CPU-second over %d workers"
                                        + " (threshold %s)",
                                cgroup.name(), cv, peers(cgroup).count(), Numbers.limit(limit)),
                        Excuse.tooMuch(Numbers.begin(cgroup), Numbers.end(cgroup), cv, limit)))
                : Stream.empty();
    }

    /** Every worker got enough done in a second of CPU time. */
    static Stream<Violation> workRate(CgroupStats cgroup, double least) {
        return peers(cgroup)
                .filter(w -> w.workRate() < least)
                .map(w -> slow(w, w.workRate(), "work units per CPU-second", least));
    }

    /** Every worker went round often enough in a second. */
    static Stream<Violation> iterationRate(CgroupStats cgroup, double least) {
        return peers(cgroup)
                .filter(w -> w.iterationRate() < least)
                .map(w -> slow(w, w.iterationRate(), "iterations per second", least));
    }

    private static Violation slow(WorkerStats w, double rate, String unit, double least) {
        return Violation.of(
                Numbers.format("tid %d too slow: %.1f %s (threshold %s)", w.tid(), rate, unit, Numbers.limit(least)),
                Excuse.tooSlow(w.releasedNs(), w.releasedNs() + w.wallTimeNs(), rate, least));
    }

    /** 99 % of the wakes in a cgroup were fast enough. */
    static Stream<Violation> p99WakeLatency(CgroupStats cgroup, double limitNs) {
        LatencyHistogram wakes = cgroup.wakeLatency();
        long p99 = wakes.percentileNs(99).orElse(0);
        return p99 > limitNs
                ? Stream.of(Violation.of(
                        Numbers.format(
                                "slow wakes in cgroup '%s': p99=%dns, median %dns of %d wakes (threshold %sns)",
                                cgroup.name(),
                                p99,
                                wakes.percentileNs(50).orElseThrow(),
                                wakes.count(),
                                Numbers.limit(limitNs)),
                        Excuse.lateWakes(Numbers.begin(cgroup), Numbers.end(cgroup), (double) p99)))
                : Stream.empty();
    }

    /** The wakes in a cgroup took about the same time. */
    static Stream<Violation> wakeLatencyCv(CgroupStats cgroup, double limit) {
        LatencyHistogram wakes = cgroup.wakeLatency();
        double cv = wakes.cv().orElse(0);
        return cv > limit
                ? Stream.of(Violation.of(
                        Numbers.format(
                                "uneven wakes in cgroup '%s': cv=%.2f, mean %.0fns of %d wakes (threshold %s)",
                                cgroup.name(), cv, wakes.meanNs().orElseThrow(), wakes.count(), Numbers.limit(limit)),
                        Excuse.lateWakes(
                                Numbers.begin(cgroup),
                                Numbers.end(cgroup),
                                wakes.stddevNs().orElseThrow())))
                : Stream.empty();
    }

    /** Workers of a cgroup were not moved too often for what they did. */
    static Stream<Violation> migrationRatio(CgroupStats cgroup, double limit) {
        double ratio = cgroup.migrationRatio().orElse(0);
        return ratio > limit
                ? Stream.of(Violation.of(Numbers.format(
                        "restless cgroup '%s': %.3f migrations per iteration, %d in %d (threshold %s)",
                        cgroup.name(), ratio, cgroup.migrations(), cgroup.iterations(), Numbers.limit(limit))))
                : Stream.empty();
    }

    private static Stream<WorkerStats> peers(CgroupStats cgroup) {
        return cgroup.workers().stream().filter(w -> !w.messenger());
    }
}
