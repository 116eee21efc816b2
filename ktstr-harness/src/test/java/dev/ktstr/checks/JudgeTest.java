package dev.ktstr.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Assert;
import dev.ktstr.AssertResult;
import dev.ktstr.CgroupStats;
import dev.ktstr.TestWorkers;
import dev.ktstr.Threshold;
import dev.ktstr.WorkerStats;
import dev.ktstr.WorkerStats.CpuUse;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private final MergedChecks defaults = MergedChecks.defaults(false);

    private static CgroupStats cgroup(WorkerStats... workers) {
        return new CgroupStats(0, "cg", List.of(), List.of(workers));
    }

    private List<String> lines(Assert asserted, WorkerStats... workers) {
        return judge(asserted, workers).details();
    }

    private AssertResult judge(Assert asserted, WorkerStats... workers) {
        return Judge.judge(List.of(cgroup(workers)), defaults.over(asserted, "test"), HostEvidence.NONE);
    }

    @Test
    void healthyWorkersPass() {
        AssertResult result = judge(Assert.NO_OVERRIDES, TestWorkers.offCpu(1, 10, 0), TestWorkers.offCpu(2, 12, 1));
        assertThat(result.passed()).isTrue();
        assertThat(result.stats()).hasSize(1);
        assertThat(result.notes()).isEmpty();
    }

    @Test
    void anUnfairCgroupShowsItsSpreadAndTheThreshold() {
        assertThat(lines(
                        Assert.NO_OVERRIDES.maxSpreadPct(20),
                        TestWorkers.offCpu(1, 10, 0),
                        TestWorkers.offCpu(2, 32, 1)))
                .containsExactly("unfair cgroup: spread=22% (10-32%) 2 workers on 2 cpus (threshold 20%)");
    }

    @Test
    void spreadIsJudgedWithinACgroupNotAcross() {
        assertThat(Judge.judge(
                                List.of(cgroup(TestWorkers.offCpu(1, 0, 0)), cgroup(TestWorkers.offCpu(2, 90, 1))),
                                defaults,
                                HostEvidence.NONE)
                        .details())
                .isEmpty();
    }

    @Test
    void aMessengerIsNotComparedWithThoseItWakes() {
        WorkerStats messenger = TestWorkers.worker(1)
                .messenger()
                .offCpuPct(90)
                .units(3)
                .iterations(1)
                .build();
        Assert checks = Assert.NO_OVERRIDES.maxThroughputCv(0.1).minWorkRate(50).minIterationRate(50);
        assertThat(lines(checks, messenger, TestWorkers.offCpu(2, 0, 0), TestWorkers.offCpu(3, 1, 0)))
                .isEmpty();
        assertThat(lines(checks, TestWorkers.worker(1).messenger().units(0).build()))
                .containsExactly("tid 1 starved (0 work units)");
    }

    @Test
    void aMessengerIsNotCountedAmongThoseThatAreCompared() {
        WorkerStats messenger =
                TestWorkers.worker(1).messenger().offCpuPct(90).cpus(0).build();
        assertThat(lines(Assert.NO_OVERRIDES, messenger, TestWorkers.offCpu(2, 10, 0), TestWorkers.offCpu(3, 32, 1)))
                .containsExactly("unfair cgroup: spread=22% (10-32%) 2 workers on 2 cpus (threshold 15%)");
    }

    @Test
    void aWorkerWithoutWorkIsStarved() {
        assertThat(lines(Assert.NO_OVERRIDES, TestWorkers.worker(2).units(0).build()))
                .containsExactly("tid 2 starved (0 work units)");
    }

    @Test
    void aGapNamesCpuAndTime() {
        assertThat(lines(Assert.NO_OVERRIDES, TestWorkers.gap(7, 2500, 3, 4200)))
                .containsExactly("tid 7 stuck 2500ms on cpu3 at +4200ms (threshold 2000ms)");
        assertThat(lines(Assert.NO_OVERRIDES, TestWorkers.gap(7, 2000, 3, 4200)))
                .isEmpty();
    }

    @Test
    void notStarvedOffSwitchesSpreadAndGapOffToo() {
        assertThat(lines(
                        Assert.NO_OVERRIDES.notStarved(false),
                        TestWorkers.gap(7, 2500, 3, 4200),
                        TestWorkers.offCpu(8, 99, 0)))
                .isEmpty();
    }

    @Test
    void isolationNamesTheCpusOutside() {
        WorkerStats strayed = TestWorkers.worker(9)
                .ran(new CpuUse(List.of(0, 1), List.of(0, 2, 3)))
                .build();
        assertThat(lines(Assert.NO_OVERRIDES.isolation(true), strayed))
                .containsExactly("tid 9 of cgroup 'cg' ran on cpus 2-3 outside its cpuset 0-1");
        assertThat(lines(Assert.NO_OVERRIDES, strayed)).isEmpty();
        assertThat(lines(Assert.NO_OVERRIDES.isolation(true), TestWorkers.offCpu(9, 0, 0, 2, 3)))
                .isEmpty();
    }

    @Test
    void isolationJudgesEachCpusetThatTheWorkerHad() {
        WorkerStats moved = TestWorkers.worker(9)
                .ran(
                        new CpuUse(List.of(0, 1), List.of(0, 1)),
                        new CpuUse(List.of(0, 1, 2, 3), List.of(2)),
                        new CpuUse(List.of(2, 3), List.of(1, 2)),
                        new CpuUse(List.of(), List.of(0)))
                .build();
        assertThat(lines(Assert.NO_OVERRIDES.isolation(true), moved))
                .containsExactly("tid 9 of cgroup 'cg' ran on cpus 1 outside its cpuset 2-3");
    }

    @Test
    void throughputIsJudgedByVariationAndByRate() {
        assertThat(lines(
                        Assert.NO_OVERRIDES.maxThroughputCv(0.4).minWorkRate(150),
                        TestWorkers.worker(1).units(3000).build(),
                        TestWorkers.worker(2).units(1000).build()))
                .containsExactly(
                        "uneven throughput in cgroup 'cg': cv=0.50 of work units per CPU-second over 2 workers (threshold 0.4)",
                        "tid 2 too slow: 100.0 work units per CPU-second (threshold 150)");
    }

    @Test
    void iterationsArePerSecondOfWallTime() {
        assertThat(lines(
                        Assert.NO_OVERRIDES.minIterationRate(101),
                        TestWorkers.worker(2).iterations(1000).offCpuPct(5).build()))
                .containsExactly("tid 2 too slow: 100.0 iterations per second (threshold 101)");
    }

    @Test
    void wakesOfACgroupAreJudgedTogether() {
        long[] quick = LongStream.range(0, 99).map(i -> 100).toArray();
        WorkerStats first = TestWorkers.worker(1).wakes(quick).build();
        WorkerStats second = TestWorkers.worker(2).wakes(200, 200, 200).build();
        assertThat(lines(Assert.NO_OVERRIDES.maxP99WakeLatencyNs(199).maxWakeLatencyCv(0.1), first, second))
                .containsExactly(
                        "slow wakes in cgroup 'cg': p99=200ns, median 100ns of 102 wakes (threshold 199ns)",
                        "uneven wakes in cgroup 'cg': cv=0.16, mean 103ns of 102 wakes (threshold 0.1)");
        assertThat(lines(Assert.NO_OVERRIDES.maxP99WakeLatencyNs(200).maxWakeLatencyCv(0.2), first, second))
                .isEmpty();
    }

    @Test
    void migrationsAreMeasuredByWhatGotDone() {
        WorkerStats restless =
                TestWorkers.worker(1).iterations(1000).migrations(250).build();
        assertThat(lines(Assert.NO_OVERRIDES.maxMigrationRatio(0.1), restless))
                .containsExactly("restless cgroup 'cg': 0.250 migrations per iteration, 250 in 1000 (threshold 0.1)");
        assertThat(lines(Assert.NO_OVERRIDES.maxMigrationRatio(0.25), restless)).isEmpty();
    }

    @Test
    void memoryIsJudgedByWhereItLies() {
        WorkerStats spread =
                TestWorkers.worker(1).pages(600, 400, 600, 400, 300).build();
        assertThat(lines(
                        Assert.NO_OVERRIDES
                                .minPageLocality(0.9)
                                .maxCrossNodeMigrationRatio(0.1)
                                .maxSlowTierRatio(0.25),
                        spread))
                .containsExactly(
                        "misplaced memory in cgroup 'cg': 0.600 of its pages are on its nodes, 600 of 1000 (threshold 0.9)",
                        "moved memory in cgroup 'cg': 0.300 of its pages were migrated between nodes, 300 of 1000 (threshold 0.1)",
                        "slow memory in cgroup 'cg': 0.400 of its pages are on nodes without CPUs, 400 of 1000 (threshold 0.25)");
        assertThat(lines(
                        Assert.NO_OVERRIDES
                                .minPageLocality(0.6)
                                .maxCrossNodeMigrationRatio(0.3)
                                .maxSlowTierRatio(0.4),
                        spread))
                .isEmpty();
    }

    @Test
    void memoryThatAPolicyAskedForAndThatIsNotThereIsNotLocal() {
        assertThat(lines(
                        Assert.NO_OVERRIDES.minPageLocality(0.5),
                        TestWorkers.worker(1).pages(0, 0, 0, 0, 0).build()))
                .containsExactly(
                        "misplaced memory in cgroup 'cg': 0.000 of its pages are on its nodes, 0 of 0 (threshold 0.5)");
    }

    @Test
    void aKilledWorkerIsAFailureWhateverTheThresholds() {
        WorkerStats killed = TestWorkers.worker(4).ended(9, false).build();
        WorkerStats broken = TestWorkers.worker(5)
                .ended(1 << 8, true)
                .error("write: No space left on device")
                .build();
        assertThat(lines(Assert.NO_OVERRIDES.notStarved(false), killed, broken))
                .containsExactly(
                        "tid 4 of cgroup 'cg' did not complete (killed by signal 9)",
                        "tid 5 of cgroup 'cg' did not complete (exit code 1: write: No space left on device)");
    }

    @Test
    void aCheckThatJudgesNothingFailsTheTestThatAskedForIt() {
        Assert checks = Assert.NO_OVERRIDES.maxP99WakeLatencyNs(1000).minPageLocality(0.5);
        AssertResult asked = judge(checks, TestWorkers.offCpu(1, 0, 0));
        assertThat(asked.details()).hasSize(2).allMatch(line -> line.contains("judged nothing"));
        assertThat(asked.details().get(0))
                .startsWith("maxP99WakeLatencyNs judged nothing: no worker measured a wake latency. Hint: use a work");
        AssertResult inherited = Judge.judge(
                List.of(cgroup(TestWorkers.offCpu(1, 0, 0))), defaults.over(checks, "scheduler"), HostEvidence.NONE);
        assertThat(inherited.passed()).isTrue();
        assertThat(inherited.notes()).hasSize(2);
    }

    @Test
    void oneCgroupWithMeasurementsIsEnough() {
        CgroupStats spinning = cgroup(TestWorkers.offCpu(1, 0, 0));
        CgroupStats waking = cgroup(TestWorkers.worker(2).wakes(5).build());
        assertThat(Judge.judge(
                                List.of(spinning, waking),
                                defaults.over(Assert.NO_OVERRIDES.maxP99WakeLatencyNs(1000), "test"),
                                HostEvidence.NONE)
                        .passed())
                .isTrue();
    }

    @Test
    void theLastWrittenThresholdWinsAndKeepsItsOrigin() {
        MergedChecks merged = MergedChecks.defaults(true)
                .over(Assert.NO_OVERRIDES.maxSpreadPct(50), "scheduler")
                .over(Assert.NO_OVERRIDES.maxSpreadPct(20), "test");
        assertThat(merged.settings().get(Threshold.MAX_SPREAD_PCT)).isEqualTo(new MergedChecks.Setting(20, "test"));
        assertThat(merged.settings().get(Threshold.MAX_GAP_MS))
                .isEqualTo(new MergedChecks.Setting(3000, "default (relaxed)"));
    }

    @Test
    void anAssertJudgesReportsWithoutInheriting() {
        AssertResult result = Assert.NO_OVERRIDES
                .maxGapMs(100)
                .notStarved(true)
                .assertCgroup("workers", List.of(TestWorkers.gap(7, 180, 3, 0)));
        assertThat(result.details()).containsExactly("tid 7 stuck 180ms on cpu3 at +0ms (threshold 100ms)");
        assertThat(result.cgroup("workers").gapMs()).isEqualTo(180);
    }
}
