package dev.ktstr.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Assert;
import dev.ktstr.CgroupStats;
import dev.ktstr.TestWorkers;
import dev.ktstr.WorkerStats;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerChecksTest {
    private final MergedChecks defaults = MergedChecks.defaults(false);

    private static CgroupStats cgroup(WorkerStats... workers) {
        return new CgroupStats(0, "cg", List.of(), List.of(workers));
    }

    private static CgroupStats confined(List<Integer> cpuset, WorkerStats... workers) {
        return new CgroupStats(0, "cg", cpuset, List.of(workers));
    }

    @Test
    void healthyWorkersPass() {
        assertThat(WorkerChecks.judge(
                        List.of(cgroup(TestWorkers.offCpu(1, 10, 0), TestWorkers.offCpu(2, 12, 1))), defaults))
                .isEmpty();
    }

    @Test
    void anUnfairCgroupShowsItsSpreadAndTheThreshold() {
        assertThat(WorkerChecks.judge(
                        List.of(cgroup(TestWorkers.offCpu(1, 10, 0), TestWorkers.offCpu(2, 32, 1))),
                        defaults.over(Assert.NO_OVERRIDES.maxSpreadPct(20), "test")))
                .containsExactly("unfair cgroup: spread=22% (10-32%) 2 workers on 2 cpus (threshold 20%)");
    }

    @Test
    void spreadIsJudgedWithinACgroupNotAcross() {
        assertThat(WorkerChecks.judge(
                        List.of(cgroup(TestWorkers.offCpu(1, 0, 0)), cgroup(TestWorkers.offCpu(2, 90, 1))), defaults))
                .isEmpty();
    }

    @Test
    void aWorkerWithoutWorkIsStarved() {
        assertThat(WorkerChecks.judge(List.of(cgroup(TestWorkers.units(TestWorkers.offCpu(2, 0, 0), 0))), defaults))
                .containsExactly("tid 2 starved (0 work units)");
    }

    @Test
    void aGapNamesCpuAndTime() {
        assertThat(WorkerChecks.judge(List.of(cgroup(TestWorkers.gap(7, 2500, 3, 4200))), defaults))
                .containsExactly("tid 7 stuck 2500ms on cpu3 at +4200ms (threshold 2000ms)");
    }

    @Test
    void notStarvedOffSwitchesSpreadAndGapOffToo() {
        assertThat(WorkerChecks.judge(
                        List.of(cgroup(TestWorkers.gap(7, 2500, 3, 4200))),
                        defaults.over(Assert.NO_OVERRIDES.notStarved(false), "test")))
                .isEmpty();
    }

    @Test
    void isolationNamesTheCpusOutside() {
        MergedChecks checks = defaults.over(Assert.NO_OVERRIDES.isolation(true), "test");
        assertThat(WorkerChecks.judge(List.of(confined(List.of(0, 1), TestWorkers.offCpu(9, 0, 0, 2, 3))), checks))
                .containsExactly("tid 9 of cgroup 'cg' ran on cpus 2-3 outside its cpuset 0-1");
        assertThat(WorkerChecks.judge(List.of(cgroup(TestWorkers.offCpu(9, 0, 0, 2, 3))), checks))
                .isEmpty();
    }

    @Test
    void throughputIsJudgedByVariationAndByRate() {
        WorkerStats fast = TestWorkers.units(TestWorkers.offCpu(1, 0, 0), 3000);
        WorkerStats slow = TestWorkers.units(TestWorkers.offCpu(2, 0, 1), 1000);
        assertThat(WorkerChecks.judge(
                        List.of(cgroup(fast, slow)),
                        defaults.over(Assert.NO_OVERRIDES.maxThroughputCv(0.4).minWorkRate(150), "test")))
                .containsExactly(
                        "uneven throughput in cgroup 'cg': cv=0.50 of work units per CPU-second over 2 workers (threshold 0.4)",
                        "tid 2 too slow: 100.0 work units per CPU-second (threshold 150)");
    }

    @Test
    void aKilledWorkerIsAFailureWhateverTheThresholds() {
        WorkerStats w = TestWorkers.offCpu(4, 0, 0);
        WorkerStats killed =
                new WorkerStats(4, 10, 10, w.cpuTimeNs(), w.wallTimeNs(), 0, 0, List.of(0), 0, 0, 0, 0, 1, 9, false);
        assertThat(WorkerChecks.judge(
                        List.of(cgroup(killed)), defaults.over(Assert.NO_OVERRIDES.notStarved(false), "test")))
                .containsExactly("tid 4 of cgroup 'cg' did not complete (killed by signal 9)");
    }

    @Test
    void theLastWrittenThresholdWinsAndKeepsItsOrigin() {
        MergedChecks merged = MergedChecks.defaults(true)
                .over(Assert.NO_OVERRIDES.maxSpreadPct(50), "scheduler")
                .over(Assert.NO_OVERRIDES.maxSpreadPct(20), "test");
        assertThat(merged.settings().get(dev.ktstr.Threshold.MAX_SPREAD_PCT))
                .isEqualTo(new MergedChecks.Setting(20, "test"));
        assertThat(merged.settings().get(dev.ktstr.Threshold.MAX_GAP_MS))
                .isEqualTo(new MergedChecks.Setting(3000, "default (relaxed)"));
    }
}
