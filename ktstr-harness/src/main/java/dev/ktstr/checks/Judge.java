package dev.ktstr.checks;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupStats;
import dev.ktstr.Threshold;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** All checks over workers' reports, by the thresholds in force, with what the host explains set apart. */
public final class Judge {
    /** A check and what switches it on. */
    private record Check(Threshold threshold, BiFunction<CgroupStats, Double, Stream<Violation>> judge) {
        Stream<Violation> on(CgroupStats cgroup, MergedChecks checks) {
            OptionalDouble limit = checks.limit(threshold);
            boolean off = limit.isEmpty() || (threshold.toggle() && limit.getAsDouble() == 0);
            return off ? Stream.empty() : judge.apply(cgroup, limit.getAsDouble());
        }
    }

    /** Part of the starvation check, and off when it is. */
    private static final List<Check> STARVATION = List.of(
            new Check(Threshold.NOT_STARVED, (cgroup, on) -> WorkerChecks.starved(cgroup)),
            new Check(Threshold.MAX_SPREAD_PCT, WorkerChecks::spread),
            new Check(Threshold.MAX_GAP_MS, WorkerChecks::gap));

    private static final List<Check> OTHERS = List.of(
            new Check(Threshold.ISOLATION, (cgroup, on) -> WorkerChecks.isolation(cgroup)),
            new Check(Threshold.MAX_THROUGHPUT_CV, RateChecks::throughputCv),
            new Check(Threshold.MIN_WORK_RATE, RateChecks::workRate),
            new Check(Threshold.MAX_P99_WAKE_LATENCY_NS, RateChecks::p99WakeLatency),
            new Check(Threshold.MAX_WAKE_LATENCY_CV, RateChecks::wakeLatencyCv),
            new Check(Threshold.MIN_ITERATION_RATE, RateChecks::iterationRate),
            new Check(Threshold.MAX_MIGRATION_RATIO, RateChecks::migrationRatio),
            new Check(Threshold.MIN_PAGE_LOCALITY, MemoryChecks::locality),
            new Check(Threshold.MAX_CROSS_NODE_MIGRATION_RATIO, MemoryChecks::crossNodeMigration),
            new Check(Threshold.MAX_SLOW_TIER_RATIO, MemoryChecks::slowTier));

    private Judge() {}

    /**
     * Judges every cgroup.
     *
     * @return a line per violation, those that the host explains apart from the others; with the statistics
     */
    public static AssertResult judge(List<CgroupStats> cgroups, MergedChecks checks, HostEvidence host) {
        List<String> details = new ArrayList<>();
        List<String> inconclusive = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Violation violation : violations(cgroups, checks)) {
            HostLoss loss = violation
                    .excuse()
                    .map(excuse -> host.between(excuse.fromNs(), excuse.toNs()))
                    .orElse(HostLoss.NONE);
            boolean explained =
                    violation.excuse().map(excuse -> excuse.enough().test(loss)).orElse(false);
            if (explained) {
                inconclusive.add(violation.line() + " — inconclusive: " + loss.words());
            } else {
                details.add(violation.line());
            }
        }
        Unmeasured.find(cgroups, checks, details, notes);
        return new AssertResult(details, cgroups, inconclusive, notes);
    }

    /** Every limit that does not hold, in the order of cgroups, then checks, then workers. */
    public static List<Violation> violations(List<CgroupStats> cgroups, MergedChecks checks) {
        return cgroups.stream()
                .flatMap(cgroup -> Stream.of(
                                WorkerChecks.completed(cgroup),
                                checks.on(Threshold.NOT_STARVED)
                                        ? all(STARVATION, cgroup, checks)
                                        : Stream.<Violation>empty(),
                                all(OTHERS, cgroup, checks))
                        .flatMap(Function.identity()))
                .toList();
    }

    private static Stream<Violation> all(List<Check> some, CgroupStats cgroup, MergedChecks checks) {
        return some.stream().flatMap(check -> check.on(cgroup, checks));
    }
}
