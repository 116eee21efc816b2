package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.CpuUse;
import dev.ktstr.guest.wire.MemoryMode;
import dev.ktstr.guest.wire.MemoryPlan;
import dev.ktstr.guest.wire.PolicyKind;
import dev.ktstr.guest.wire.PolicyPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Life and death of workers, on this machine. How well they measure is tested in guests. */
class CrewTest {
    private static final int SIGKILL = 9;

    @TempDir
    private Path folder;

    private static WorkGroup spinners(int workers, CloneMode mode, String pcomm, PolicyPlan policy, int nice) {
        return new WorkGroup(
                workers,
                WorkKind.SPIN_WAIT,
                WorkParameters.NONE,
                List.of(),
                List.of(),
                policy,
                nice,
                List.of(),
                MemoryPlan.DEFAULT,
                mode,
                "busy",
                pcomm,
                false,
                7);
    }

    private static WorkGroup processes(int workers) {
        return spinners(workers, CloneMode.PROCESS, "", PolicyPlan.NORMAL, 0);
    }

    private static WorkGroup threads(int workers, String pcomm) {
        return spinners(workers, CloneMode.THREAD, pcomm, PolicyPlan.NORMAL, 0);
    }

    private static WorkGroup with(List<CpuList> affinity, MemoryPlan memory) {
        WorkGroup plain = processes(1);
        return new WorkGroup(
                1,
                plain.kind(),
                plain.parameters(),
                List.of(),
                List.of(),
                plain.policy(),
                0,
                affinity,
                memory,
                plain.cloneMode(),
                "",
                "",
                false,
                0);
    }

    private CrewDriver driver() throws IOException {
        return new CrewDriver(folder);
    }

    @Test
    void processesWorkFromTheirReleaseToTheStopAndAccountForAllOfTheirTime() throws IOException {
        CrewDriver.Run run = driver().start(processes(3))
                .then("sleep:30", "release:0", "sleep:200", "stop:5000", "report:0")
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
        assertThat(run.lines()).containsExactly("stopped: all ended");
        assertThat(run.reports()).hasSize(3).allSatisfy(report -> {
            assertThat(report.completed()).isTrue();
            assertThat(report.tid()).isEqualTo(report.pid());
            assertThat(report.label()).isEqualTo(7);
            assertThat(report.cgroup()).isEqualTo("here");
            assertThat(report.workUnits()).isPositive().isEqualTo(report.iterations());
            assertThat(report.wallTimeNs()).isBetween(millis(200), millis(5000));
            assertThat(report.cpuTimeNs()).isBetween(1L, report.wallTimeNs());
            assertThat(report.offCpuNs()).isEqualTo(report.wallTimeNs() - report.cpuTimeNs());
            assertThat(report.longestGapNs()).isLessThanOrEqualTo(report.wallTimeNs());
            assertThat(report.error()).isEmpty();
        });
        assertThat(run.reports()).extracting(WorkerReport::pid).doesNotHaveDuplicates();
        assertThat(run.reports()).extracting(WorkerReport::index).containsExactly(0, 1, 2);
    }

    @Test
    void threadsAreTasksOfOneProcess() throws IOException {
        CrewDriver.Run run = driver().start(threads(3, ""))
                .then("release:0", "sleep:50", "stop:5000", "report:0")
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
        assertThat(run.reports())
                .extracting(WorkerReport::pid)
                .containsOnly(run.reports().get(0).pid());
        assertThat(run.reports())
                .extracting(WorkerReport::tid)
                .doesNotHaveDuplicates()
                .doesNotContain(run.reports().get(0).pid());
        assertThat(run.reports()).allSatisfy(report -> {
            assertThat(report.completed()).isTrue();
            assertThat(report.workUnits()).isPositive();
        });
    }

    @Test
    void crewsThatNameOnePcommAreThreadsOfOneLeaderWithThatName() throws IOException {
        CrewDriver.Run run = driver().start(threads(2, "browser"))
                .start(processesIn("browser"))
                .start(threads(1, "other"))
                .then("release:0", "release:1", "release:2", "sleep:20")
                .then("run:for p in $(cat /proc/$PPID/task/$PPID/children); do test $p = $$ || cat /proc/$p/comm "
                        + "/proc/$p/task/*/comm; done | sort | uniq -c >&2")
                .then("stop:5000", "report:0", "report:1", "report:2")
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
        assertThat(run.reports()).hasSize(4).allMatch(WorkerReport::completed);
        int leader = run.reports().get(0).pid();
        assertThat(run.reports()).extracting(WorkerReport::pid).startsWith(leader, leader, leader);
        assertThat(run.reports().get(3).pid()).isNotEqualTo(leader);
        assertThat(run.lines().stream().map(String::strip)).contains("2 browser", "2 other", "4 busy");
    }

    private static WorkGroup processesIn(String pcomm) {
        return spinners(1, CloneMode.PROCESS, pcomm, PolicyPlan.NORMAL, 0);
    }

    @Test
    void aPausedWorkerHasOneGapOfThatLengthAtThatTime() throws IOException {
        CrewDriver.Run run = driver().start(processes(1))
                .then("release:0", "sleep:100", "pause:0:0:400", "sleep:100", "stop:5000", "report:0")
                .run();

        WorkerReport report = run.reports().get(0);
        String paused = run.lines().get(0);
        int space = paused.lastIndexOf(' ');
        long from = Long.parseLong(paused.substring("paused: ".length(), space));
        long until = Long.parseLong(paused.substring(space + 1));
        // The machine may keep the worker from running before and after; never for less than the pause.
        assertThat(report.longestGapAtNs()).isBetween(0L, from);
        assertThat(report.longestGapAtNs() + report.longestGapNs()).isBetween(until, report.wallTimeNs());
        assertThat(report.longestGapCpu()).isNotNegative();
        assertThat(report.cpuTimeNs()).isLessThanOrEqualTo(report.wallTimeNs() - millis(400));
    }

    @Test
    void aKilledWorkerIsReportedWithWhatItDidUntilThen() throws IOException {
        CrewDriver.Run run = driver().start(processes(2))
                .then("release:0", "sleep:100", "kill:0:0", "sleep:100", "stop:5000", "report:0")
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
        WorkerReport killed = run.reports().get(0);
        assertThat(killed.completed()).isFalse();
        assertThat(killed.waitStatus()).isEqualTo(SIGKILL);
        assertThat(killed.workUnits()).isPositive();
        assertThat(killed.cpuTimeNs()).isBetween(1L, killed.wallTimeNs());
        assertThat(killed.wallTimeNs()).isLessThan(run.reports().get(1).wallTimeNs());
        assertThat(run.reports().get(1).completed()).isTrue();
    }

    @Test
    void workersThatDoNotEndAreKilledAtTheDeadline() throws IOException {
        for (CloneMode mode : CloneMode.values()) {
            CrewDriver.Run run = driver().start(spinners(2, mode, "", PolicyPlan.NORMAL, 0))
                    .then("release:0", "sleep:50", "halt:0:0", "sleep:50", "stop:200", "report:0")
                    .run();

            assertThat(run.status()).as(run.lines().toString()).isZero();
            assertThat(run.lines()).containsExactly("stopped: some were killed");
            WorkerReport halted = run.reports().get(0);
            assertThat(halted.completed()).isFalse();
            assertThat(halted.waitStatus()).isEqualTo(SIGKILL);
            assertThat(halted.cpuTimeNs()).isBetween(1L, halted.wallTimeNs());
            assertThat(halted.longestGapNs()).isGreaterThanOrEqualTo(millis(199));
        }
    }

    @Test
    void aCrewThatIsNeverReleasedEndsWithoutHavingWorked() throws IOException {
        for (CloneMode mode : CloneMode.values()) {
            CrewDriver.Run run = driver().start(spinners(2, mode, "", PolicyPlan.NORMAL, 0))
                    .then("stop:5000", "report:0")
                    .run();

            assertThat(run.status()).as(run.lines().toString()).isZero();
            assertThat(run.reports()).allMatch(report -> report.workUnits() == 0 && report.completed());
        }
    }

    @Test
    void crewsThatAreOnlyFreedLeaveNothing() throws IOException {
        CrewDriver.Run run = driver().start(processes(2))
                .start(threads(2, "a"))
                .start(threads(2, "a"))
                .then("release:1")
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
    }

    @Test
    void whatTheKernelRefusesIsSaidByWorkerAndCallAndLeavesNothing() throws IOException {
        CrewDriver driver = driver();
        for (CloneMode mode : CloneMode.values()) {
            driver.attempt(spinners(2, mode, "", new PolicyPlan(PolicyKind.FIFO, 100, 0, 0, 0), 0));
        }
        CrewDriver.Run run = driver.attempt(
                        spinners(1, CloneMode.PROCESS, "", new PolicyPlan(PolicyKind.DEADLINE, 0, 100, 50, 10), 0))
                .attempt(with(List.of(new CpuList(List.of(1000, 1001))), MemoryPlan.DEFAULT))
                .attempt(with(List.of(), new MemoryPlan(MemoryMode.BIND, List.of(50), 0)))
                .attempt(with(List.of(), new MemoryPlan(MemoryMode.BIND, List.of(64), 0)))
                .attempt(processes(10_000))
                .attempt(processes(-1))
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
        assertThat(run.lines()).hasSize(8);
        assertThat(run.lines().subList(0, 2))
                .allSatisfy(line -> assertThat(line)
                        .matches("cgroup 'here': worker [01] \\(SpinWait\\): setting policy SCHED_FIFO, priority 100, "
                                + "nice 0: Invalid argument"));
        assertThat(run.lines().get(2))
                .isEqualTo("cgroup 'here': worker 0 (SpinWait): setting policy SCHED_DEADLINE, runtime 100 ns, "
                        + "deadline 50 ns, period 10 ns, nice 0: Invalid argument; 1024 ns <= runtime <= deadline <= "
                        + "period must hold");
        assertThat(run.lines().get(3))
                .isEqualTo("cgroup 'here': worker 0 (SpinWait): setting affinity to CPUs 1000-1001: Invalid argument; "
                        + "none of them is in its cpuset and online");
        assertThat(run.lines().get(4))
                .contains("setting memory policy MPOL_BIND, flags 0x0, nodes 50: Invalid argument");
        assertThat(run.lines().get(5)).contains("memory policy MPOL_BIND: there is no node 64");
        assertThat(run.lines().get(6)).isEqualTo("cgroup 'here': 10000 workers; at most 4096 can be");
        assertThat(run.lines().get(7)).isEqualTo("cgroup 'here': -1 workers; at most 4096 can be");
    }

    @Test
    void slotsThatLiveWorkersHoldAreNotGivenAgainAndFreedOnesAre() throws IOException {
        CrewDriver.Run run = driver().start(processes(4))
                .attempt(processes(4093))
                .start(processes(4))
                .run();

        assertThat(run.status()).as(run.lines().toString()).isZero();
        assertThat(run.lines())
                .containsExactly("cgroup 'here': 4093 more workers do not fit: 4096 are the most at one time");
    }

    @Test
    void cpusAreNotedUnderTheCpusetThatWasInForce() throws IOException {
        CrewDriver.Run run = driver().start(processes(1))
                .then("affinity:0:0", "changed:0:0", "release:0", "sleep:50", "seen:0:0")
                .then("changing:0:1", "affinity:0:1", "changed:0:1", "sleep:50", "seen:0:1")
                .then("changing:0:0", "affinity:0:0", "changed:0:0", "sleep:50", "seen:0:0")
                .then("stop:5000", "report:0")
                .run();

        WorkerReport report = run.reports().get(0);
        assertThat(report.cpuUse()).contains(new CpuUse(List.of(0), List.of(0)), new CpuUse(List.of(1), List.of(1)));
        assertThat(report.cpuUse()).allSatisfy(use -> assertThat(use.allowed()).containsAll(use.used()));
        assertThat(report.migrations()).isEqualTo(2);
        assertThat(report.migrationList())
                .hasSize(2)
                .satisfiesExactly(
                        first -> {
                            assertThat(first.from()).isZero();
                            assertThat(first.to()).isEqualTo(1);
                            assertThat(first.atNs()).isBetween(millis(49), report.wallTimeNs());
                        },
                        second -> {
                            assertThat(second.from()).isEqualTo(1);
                            assertThat(second.to()).isZero();
                            assertThat(second.atNs()).isBetween(millis(99), report.wallTimeNs());
                        });
    }

    @Test
    void aCpuOutsideTheCpusetShowsUnderIt() throws IOException {
        CrewDriver.Run run = driver().start(processes(1))
                .then("affinity:0:0", "changed:0:0", "release:0", "seen:0:0", "affinity:0:1", "seen:0:1")
                .then("stop:5000", "report:0")
                .run();

        assertThat(run.reports().get(0).cpuUse()).containsExactly(new CpuUse(List.of(0), List.of(0, 1)));
    }

    @Test
    void moreCpusetsThanAreKeptApartAreNotJudged() throws IOException {
        CrewDriver driver = driver().start(processes(1)).then("affinity:0:0", "release:0");
        for (int i = 0; i < 300; i++) {
            driver.then("changed:0:0," + (i + 1));
        }
        CrewDriver.Run run = driver.then("sleep:20", "stop:5000", "report:0").run();

        List<CpuUse> use = run.reports().get(0).cpuUse();
        assertThat(use.get(use.size() - 1)).isEqualTo(new CpuUse(List.of(), List.of(0)));
    }

    @Test
    void theLast256MigrationsAreKept() throws IOException {
        CrewDriver driver = driver().start(processes(1)).then("affinity:0:0", "release:0", "seen:0:0");
        for (int i = 0; i < 300; i++) {
            driver.then("affinity:0:" + (i + 1) % 2, "seen:0:" + (i + 1) % 2);
        }
        WorkerReport report =
                driver.then("stop:5000", "report:0").run().reports().get(0);

        assertThat(report.migrations()).isEqualTo(300);
        assertThat(report.migrationList()).hasSize(256);
        assertThat(report.migrationList()).allMatch(migration -> migration.from() + migration.to() == 1);
        assertThat(report.migrationList()).isSortedAccordingTo((a, b) -> Long.compare(a.atNs(), b.atNs()));
    }

    @Test
    void counterOfTheKernelAndTheWorkersOwnAgree() throws IOException {
        CrewDriver.Run run = driver().start(processes(2))
                .then("release:0", "sleep:300", "stop:5000", "report:0")
                .run();

        assertThat(run.reports()).allSatisfy(report -> {
            // Both are the kernel's account of one thread, read a few system calls apart.
            assertThat(report.schedstatCpuNs() - report.cpuTimeNs()).isBetween(-millis(2), millis(2));
            assertThat(report.runCount()).isPositive();
            assertThat(report.runDelayNs()).isNotNegative();
        });
    }

    private static long millis(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
