package dev.ktstr.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Assert;
import dev.ktstr.checks.MergedChecks;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorChecksTest {
    private static List<Violation> judge(Readings readings) {
        return judge(readings, Assert.NO_OVERRIDES);
    }

    private static List<Violation> judge(Readings readings, Assert asserted) {
        Recording recording = readings.recording();
        List<int[]> all = new CpuGroups().of(recording.cpus());
        return new MonitorChecks(recording, all, 0, MergedChecks.defaults(false).over(asserted, "test")).judge();
    }

    private static String only(List<Violation> found) {
        assertThat(found).hasSize(1);
        assertThat(found.get(0).doubt()).isEmpty();
        return found.get(0).line();
    }

    @Test
    void aRunThatIsWellHasNoLine() {
        assertThat(judge(new Readings(4, 100))).isEmpty();
    }

    @Test
    void aClockThatStandsStillWithTasksToRunIsAStall() {
        Readings readings = new Readings(4, 30).with(1, 10, 20, (cpu, i) -> {
            cpu.clockNs = 1_000_000_000;
            cpu.nrRunning = 3;
        });
        assertThat(only(judge(readings)))
                .isEqualTo("cpu1 stalled: rq clock stood still for 900ms with 3 runnable tasks at +1000ms"
                        + " (9 samples in a row, 5 needed)");
    }

    @Test
    void aStallThatIsShorterThanAskedForIsNone() {
        Readings readings = new Readings(4, 30).with(1, 10, 15, (cpu, i) -> cpu.clockNs = 1_000_000_000);
        assertThat(judge(readings)).isEmpty();
        assertThat(judge(readings, Assert.NO_OVERRIDES.sustainedSamples(4))).hasSize(1);
    }

    @Test
    void anIdleCpuMayStandStill() {
        Readings readings = new Readings(2, 30).with(1, 0, 30, (cpu, i) -> {
            cpu.clockNs = 5;
            cpu.nrRunning = 0;
        });
        assertThat(judge(readings)).isEmpty();
    }

    @Test
    void kernelThreadsThatMoveTheClockDoNotHideAStall() {
        Readings readings = new Readings(2, 30).with(0, 5, 30, (cpu, i) -> {
            cpu.idle = true;
            cpu.nrRunning = 2;
            cpu.cpuTimeNs = 400_000_000 + i * 1_000_000L;
        });
        assertThat(only(judge(readings)))
                .startsWith("cpu0 stalled: it ran next to nothing for 2400ms with 2 runnable tasks at +500ms");
    }

    @Test
    void aCpuThatIdlesBetweenBurstsIsWell() {
        Readings readings = new Readings(2, 30).with(0, 0, 30, (cpu, i) -> {
            cpu.idle = true;
            cpu.nrRunning = 2;
            cpu.cpuTimeNs = i * 50_000_000L;
        });
        assertThat(judge(readings)).isEmpty();
    }

    @Test
    void whatTheHostTookFromAVcpuIsNoStallOfIt() {
        Readings readings = new Readings(2, 30)
                .with(1, 10, 30, (cpu, i) -> cpu.clockNs = 1_000_000_000)
                .waiting(10, 0.9);
        assertThat(judge(readings)).isEmpty();
    }

    @Test
    void vcpusThatTakeTurnsNeedMoreThanARound() {
        Readings readings = new Readings(8, 40).with(1, 10, 20, (cpu, i) -> cpu.clockNs = 1_000_000_000);
        readings.turns = 8;
        assertThat(judge(readings)).isEmpty();
        readings.with(1, 20, 30, (cpu, i) -> cpu.clockNs = 1_000_000_000);
        assertThat(only(judge(readings)))
                .endsWith("(19 samples in a row, 12 needed, as 8 vCPUs take turns on a thread)");
    }

    @Test
    void severalStalledCpusAreOneLine() {
        Readings readings = new Readings(16, 30);
        for (int cpu = 0; cpu < 12; cpu++) {
            readings.with(cpu, 10, 20, (c, i) -> c.clockNs = 1_000_000_000);
        }
        assertThat(only(judge(readings)))
                .endsWith("; likewise cpu1, cpu2, cpu3, cpu4, cpu5, cpu6, cpu7, cpu8 and 3 more");
    }

    @Test
    void theStallCheckCanBeTurnedOff() {
        Readings readings = new Readings(2, 30).with(1, 0, 30, (cpu, i) -> cpu.clockNs = 5);
        assertThat(judge(readings, Assert.NO_OVERRIDES.failOnStall(false))).isEmpty();
    }

    @Test
    void imbalanceCountsFromOneTask() {
        Readings readings = new Readings(3, 30)
                .with(2, 10, 18, (cpu, i) -> cpu.nrRunning = i == 13 ? 9 : 5)
                .with(0, 10, 18, (cpu, i) -> cpu.nrRunning = 0);
        assertThat(only(judge(readings)))
                .isEqualTo("imbalance ratio 9.0: nr_running 9 on cpu2 and 0 on cpu0 at +1000ms"
                        + " (threshold 4; 8 samples in a row, 5 needed)");
        assertThat(judge(readings, Assert.NO_OVERRIDES.maxImbalanceRatio(9))).isEmpty();
    }

    @Test
    void aLocalQueueThatStaysDeepIsNamed() {
        Readings readings = new Readings(3, 30).with(1, 3, 9, (cpu, i) -> cpu.localDsq = 50 + i);
        assertThat(only(judge(readings)))
                .isEqualTo("cpu1's local DSQ is 58 deep at +300ms (threshold 50; 6 samples in a row, 5 needed)");
    }

    @Test
    void whatTheHostMayHaveCausedIsInDoubtAndSaysWhy() {
        Readings readings =
                new Readings(3, 30).with(1, 3, 9, (cpu, i) -> cpu.localDsq = 99).waiting(3, 0.6);
        List<Violation> found = judge(readings);
        assertThat(found).hasSize(1);
        assertThat(found.get(0).doubt())
                .hasValueSatisfying(
                        doubt -> assertThat(doubt).isEqualTo("the host kept the vCPUs waiting for 60% of that time"));
    }

    @Test
    void aFastFallbackCounterIsARatePerCpu() {
        Readings readings = new Readings(2, 30).with(0, 0, 30, (cpu, i) -> cpu.fallback = i * 21L);
        assertThat(only(judge(readings)))
                .isEqualTo("fallback rate 210.0/s on cpu0 at +0ms (threshold 200/s; 29 samples in a row, 5 needed)");
    }

    @Test
    void aCpuWithOneTaskMayKeepItAsOftenAsItLikes() {
        Readings alone = new Readings(2, 30).with(0, 0, 30, (cpu, i) -> cpu.keepLast = i * 500L);
        assertThat(judge(alone)).isEmpty();
        alone.with(0, 10, 30, (cpu, i) -> cpu.nrRunning = 2);
        assertThat(only(judge(alone))).startsWith("keep-last rate 5000.0/s on cpu0 at +1000ms");
    }

    @Test
    void countersThatAreNotThereOrBeginAnewBreakNothing() {
        Readings readings = new Readings(2, 30).with(0, 0, 30, (cpu, i) -> cpu.fallback = i % 5 * 1000L);
        assertThat(judge(readings)).isEmpty();
        readings.with(0, 0, 30, (cpu, i) -> cpu.scx = false);
        assertThat(judge(readings)).isEmpty();
        assertThat(MonitorSummary.of(
                                readings.with(1, 0, 30, (cpu, i) -> cpu.scx = false)
                                        .recording(),
                                List.of())
                        .orElseThrow()
                        .maxLocalDsqDepth())
                .isEmpty();
    }

    @Test
    void aCpuThatIsNotThereIsNotCompared() {
        Readings readings = new Readings(3, 30)
                .with(0, 0, 30, (cpu, i) -> cpu.there = false)
                .with(1, 0, 30, (cpu, i) -> cpu.nrRunning = 4);
        assertThat(judge(readings)).isEmpty();
        assertThat(MonitorSummary.of(readings.recording(), List.of())
                        .orElseThrow()
                        .cpus())
                .extracting(MonitorSummary.Cpu::cpu)
                .containsExactly(1, 2);
    }
}
