package dev.ktstr.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Assert;
import dev.ktstr.AssertResult;
import dev.ktstr.CgroupStats;
import dev.ktstr.TestWorkers;
import dev.ktstr.WorkerStats;
import dev.ktstr.WorkerStats.CpuUse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the host explains, and what it must not hide. */
class ExcuseTest {
    private static final long MS = 1_000_000;

    /** A host that keeps this part of any window from a vCPU, in waits of 5 ms. */
    private static HostEvidence keeps(double share) {
        return (from, to) -> {
            long waited = Math.round((to - from) * share);
            return new HostLoss(to - from, waited, Math.max(1, waited / (5 * MS)), 0);
        };
    }

    private static AssertResult judge(HostEvidence host, Assert checks, WorkerStats... workers) {
        return Judge.judge(
                List.of(new CgroupStats(0, "cg", List.of(), List.of(workers))),
                MergedChecks.defaults(false).over(checks, "test"),
                host);
    }

    private static AssertResult judge(HostEvidence host, WorkerStats... workers) {
        return judge(host, Assert.NO_OVERRIDES, workers);
    }

    @Test
    void aGapThatTheHostMadeIsInconclusiveAndNamesTheEvidence() {
        AssertResult result = judge(keeps(0.6), TestWorkers.gap(7, 2500, 3, 4200));
        assertThat(result.details()).isEmpty();
        assertThat(result.passed()).isFalse();
        assertThat(result.inconclusive())
                .containsExactly(
                        "tid 7 stuck 2500ms on cpu3 at +4200ms (threshold 2000ms) — inconclusive: the host kept a"
                                + " vCPU from running for 1.50s of 2.50s (its thread waited 1.50s for a host CPU)");
    }

    @Test
    void aGapIsLookedAtInItsOwnWindow() {
        List<long[]> windows = new ArrayList<>();
        judge(
                (from, to) -> {
                    windows.add(new long[] {from, to});
                    return HostLoss.NONE;
                },
                TestWorkers.gap(7, 2500, 3, 4200));
        assertThat(windows).hasSize(1);
        assertThat(windows.get(0)).containsExactly(4200 * MS, 6700 * MS);
    }

    @Test
    void aQuietHostExplainsNothing() {
        assertThat(judge(keeps(0), TestWorkers.gap(7, 2500, 3, 4200)).details()).hasSize(1);
        assertThat(judge(HostEvidence.NONE, TestWorkers.gap(7, 2500, 3, 4200)).details())
                .hasSize(1);
    }

    @Test
    void aBusyHostThatKeptLessThanHalfOfTheGapDoesNotHideIt() {
        // Without the host's 600 ms the limit of 2000 would have held; but most of the gap is not the host's.
        assertThat(judge(keeps(0.24), TestWorkers.gap(7, 2500, 3, 4200)).failed())
                .isTrue();
    }

    @Test
    void aGapThatIsTooLongEvenWithoutTheHostsShareStaysAFailure() {
        assertThat(judge(keeps(0.6), TestWorkers.gap(7, 8000, 3, 0)).failed()).isTrue();
    }

    @Test
    void oneViolationThatTheHostDoesNotExplainFailsTheRunAndKeepsTheOther() {
        AssertResult result = judge(
                (from, to) -> from == 0 ? keeps(0.9).between(from, to) : HostLoss.NONE,
                TestWorkers.gap(7, 2500, 3, 0),
                TestWorkers.gap(8, 2500, 3, 5000));
        assertThat(result.failed()).isTrue();
        assertThat(result.details()).containsExactly("tid 8 stuck 2500ms on cpu3 at +5000ms (threshold 2000ms)");
        assertThat(result.inconclusive()).hasSize(1);
    }

    @Test
    void spreadIsExplainedByALossThatIsAsLarge() {
        WorkerStats[] workers = {TestWorkers.offCpu(1, 10, 0), TestWorkers.offCpu(2, 32, 1)};
        assertThat(judge(keeps(0.15), workers).inconclusive()).hasSize(1);
        assertThat(judge(keeps(0.08), workers).failed()).isTrue();
        WorkerStats[] starving = {TestWorkers.offCpu(1, 0, 0), TestWorkers.offCpu(2, 90, 1)};
        assertThat(judge(keeps(0.6), starving).failed())
                .as("30 points are left")
                .isTrue();
    }

    @Test
    void starvationIsExplainedOnlyWhenTheHostKeptNearlyEverything() {
        WorkerStats starved = TestWorkers.worker(2).units(0).build();
        assertThat(judge(keeps(0.95), starved).inconclusive()).hasSize(1);
        assertThat(judge(keeps(0.8), starved).failed()).isTrue();
    }

    @Test
    void aRateIsCorrectedByTheHostsShare() {
        WorkerStats slow = TestWorkers.worker(2).units(800).iterations(800).build();
        Assert checks = Assert.NO_OVERRIDES.minWorkRate(100).minIterationRate(100);
        assertThat(judge(keeps(0.25), checks, slow).inconclusive()).hasSize(2);
        assertThat(judge(keeps(0.15), checks, slow).details()).hasSize(2);
        assertThat(judge(
                                keeps(1),
                                Assert.NO_OVERRIDES.minIterationRate(1),
                                TestWorkers.worker(2).iterations(0).build())
                        .failed())
                .isTrue();
    }

    @Test
    void lateWakesNeedWaitsThatAreCommonAndLongEnough() {
        WorkerStats late = TestWorkers.worker(1).wakes(8 * MS, 8 * MS).build();
        Assert checks = Assert.NO_OVERRIDES.maxP99WakeLatencyNs(MS);
        assertThat(judge(keeps(0.05), checks, late).inconclusive()).hasSize(1);
        assertThat(judge(keeps(0.005), checks, late).failed()).as("too rare").isTrue();
        assertThat(judge(
                                keeps(0.05),
                                checks,
                                TestWorkers.worker(1).wakes(20 * MS).build())
                        .failed())
                .as("waits of 5 ms")
                .isTrue();
    }

    @Test
    void nothingExplainsAnEscapeAKillOrMisplacedMemory() {
        Assert checks = Assert.NO_OVERRIDES
                .isolation(true)
                .maxMigrationRatio(0.1)
                .minPageLocality(0.9)
                .maxSlowTierRatio(0.1)
                .maxCrossNodeMigrationRatio(0.1);
        AssertResult result = judge(
                keeps(1),
                checks,
                TestWorkers.worker(1)
                        .ran(new CpuUse(List.of(0), List.of(1)))
                        .migrations(900)
                        .pages(1, 9, 1, 9, 9)
                        .ended(9, false)
                        .build());
        assertThat(result.details()).hasSize(6);
        assertThat(result.inconclusive()).isEmpty();
    }

    @Test
    void stealOfTheHostItselfCountsAndIsNamed() {
        HostLoss loss = new HostLoss(1000 * MS, 400 * MS, 10, 300 * MS);
        assertThat(loss.lostNs()).isEqualTo(700 * MS);
        assertThat(loss.words())
                .isEqualTo(
                        "the host kept a vCPU from running for 0.70s of 1.00s (its thread waited 0.40s for a host CPU,"
                                + " 0.30s were stolen from the host)");
        assertThat(new HostLoss(100, 400, 1, 300).lostNs()).isEqualTo(100);
    }
}
