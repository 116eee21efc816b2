package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ktstr.Ctx;
import dev.ktstr.Guest;
import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.ExecResult;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.CpuUse;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.MemoryPlan;
import dev.ktstr.guest.wire.Migration;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PolicyPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.VariantRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The instrument is right: what workers report is held against the kernel's own account of them, or against what was done to
 * them. All is measured in one guest of two CPUs, one thing after the other; the tests judge.
 *
 * <p>No figure here depends on how fast the machine is: CPU time is compared with CPU time of the same clock, work with work of
 * the same CPU in the same seconds, and what a busy host can add to a wait is never asserted away.
 */
class InstrumentIT {
    private static final String COMM = "instr";
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final long MICROS = 1000;
    private static final long PAUSE_SLACK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ROUNDS = 3;
    private static final int MOVES = 8;
    private static final int BLIPS = 10;

    /** What a measurement gives: the scenario's end, what tracepoints saw, what the meddler said. */
    private record Measured(ScenarioResult result, SchedTrace trace, List<long[]> meddled) {
        WorkerReport worker(int i) {
            return result.workers().get(i);
        }

        /** Of all its time. */
        long onCpuNs(WorkerReport worker) {
            return trace.onCpuNs(worker.tid(), worker.releasedNs(), worker.releasedNs() + worker.wallTimeNs());
        }

        List<SchedTrace.Stint> stints(WorkerReport worker) {
            return trace.stints(worker.tid(), worker.releasedNs(), worker.releasedNs() + worker.wallTimeNs());
        }

        List<SchedTrace.Move> moves(WorkerReport worker) {
            return trace.moves(worker.tid(), worker.releasedNs(), worker.releasedNs() + worker.wallTimeNs());
        }
    }

    private static final List<Measured> free = new ArrayList<>();
    private static Measured moved;
    private static Measured paused;
    private static Measured blipped;
    private static Measured halved;
    private static Measured four;
    private static Measured niced;

    @BeforeAll
    static void measure(@TempDir Path folder) throws Exception {
        Path meddle = Tools.compile("meddle", folder);
        VariantRun.Ended ended = Runs.run("instrument", ctx -> {
            AgentSession session = ((BootedGuest) ctx.guest()).session();
            session.send(List.of(GuestFile.of("/tmp/meddle", 0755, meddle)), LIMIT);
            for (int round = 0; round < ROUNDS; round++) {
                free.add(run(ctx, step(3000, cgroup("free", List.of(0, 1), spinners(3, 0), bursty()))));
            }
            moved = run(ctx, moves());
            paused = meddled(ctx, step(3500, cgroup("paused", List.of(1), spinners(1, 0))), "pause", "paused", "1500");
            blipped = meddled(
                    ctx,
                    step(6000, cgroup("blipped", List.of(0), spinners(1, 0))),
                    "blip",
                    "blipped",
                    "1",
                    Integer.toString(BLIPS),
                    "0",
                    "1");
            halved = run(ctx, step(6000, limited("half", 100, 50_000), limited("rest", 1, -1)));
            four = run(ctx, step(8000, cgroup("four", List.of(), spinners(4, 0))));
            niced = run(ctx, step(6000, cgroup("niced", List.of(0), spinners(1, 0), spinners(1, 10))));
            return null;
        });
        assertThat(ended.outcome().details()).isEmpty();
    }

    private static WorkGroup group(int workers, WorkKind kind, WorkParameters parameters, int nice) {
        return new WorkGroup(
                workers,
                kind,
                parameters,
                List.of(),
                List.of(),
                PolicyPlan.NORMAL,
                nice,
                List.of(),
                MemoryPlan.DEFAULT,
                CloneMode.PROCESS,
                COMM,
                "",
                false,
                0);
    }

    private static WorkGroup spinners(int workers, int nice) {
        return group(workers, WorkKind.SPIN_WAIT, WorkParameters.NONE, nice);
    }

    private static WorkGroup bursty() {
        return group(
                1,
                WorkKind.BURSTY,
                WorkParameters.bursty(TimeUnit.MILLISECONDS.toNanos(40), TimeUnit.MILLISECONDS.toNanos(60)),
                0);
    }

    private static CgroupPlan cgroup(String name, List<Integer> cpus, WorkGroup... works) {
        return CgroupPlan.of(name, cpus, List.of(works));
    }

    /** A spinner on CPU 0; a quota of -1 is none. */
    private static CgroupPlan limited(String name, int weight, long quotaUs) {
        return new CgroupPlan(name, List.of(0), List.of(), weight, quotaUs, 100_000, -1, -1, List.of(spinners(1, 0)));
    }

    private static ScenarioPlan step(long ms, CgroupPlan... cgroups) {
        HoldPlan hold = HoldPlan.fixed(TimeUnit.MILLISECONDS.toNanos(ms));
        return new ScenarioPlan(List.of(), List.of(new StepPlan(List.of(), List.of(cgroups), hold)), false, 1);
    }

    /** One spinner that is sent from CPU to CPU, half a second on each. */
    private static ScenarioPlan moves() {
        WorkGroup pinned = spinners(1, 0);
        OpPlan backdrop = OpPlan.of(OpKind.ADD_CGROUP_DEF).on("moved").withDef(cgroup("moved", List.of(), pinned));
        HoldPlan hold = HoldPlan.fixed(TimeUnit.MILLISECONDS.toNanos(500));
        List<StepPlan> steps = new ArrayList<>();
        for (int i = 0; i <= MOVES; i++) {
            OpPlan op = OpPlan.of(OpKind.SET_AFFINITY).on("moved").withAffinity(List.of(new CpuList(List.of(i % 2))));
            steps.add(new StepPlan(List.of(op), List.of(), hold));
        }
        return new ScenarioPlan(List.of(backdrop), steps, false, 1);
    }

    private static Measured run(Ctx ctx, ScenarioPlan plan) {
        Guest guest = ctx.guest();
        SchedTrace.start(guest, COMM);
        ScenarioResult result = ((BootedGuest) guest).session().run(plan, LIMIT);
        return new Measured(result, SchedTrace.stop(guest), List.of());
    }

    /** Runs a scenario while the meddler does its work. */
    private static Measured meddled(Ctx ctx, ScenarioPlan plan, String... command) throws Exception {
        AgentSession session = ((BootedGuest) ctx.guest()).session();
        List<String> argv = new ArrayList<>(List.of("/tmp/meddle"));
        argv.addAll(List.of(command));
        CompletableFuture<ExecResult> meddler = CompletableFuture.supplyAsync(() -> session.exec(argv, LIMIT));
        Measured measured = run(ctx, plan);
        ExecResult done = meddler.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(done.exitCode()).as(done.output()).isZero();
        List<long[]> times = done.output()
                .lines()
                .map(line -> new long[] {
                    Long.parseLong(line.substring(0, line.indexOf(' '))),
                    Long.parseLong(line.substring(line.indexOf(' ') + 1))
                })
                .toList();
        return new Measured(measured.result(), measured.trace(), times);
    }

    @Test
    void cpuTimeIsThatOfTheKernelsAccountAndOfItsTracepoints() {
        // One counter of the kernel read twice, a few system calls apart, after more than half a second of it.
        assertInMostRounds((round, worker) -> assertThat(worker.cpuTimeNs())
                .isCloseTo(worker.schedstatCpuNs(), within(worker.schedstatCpuNs() / 100)));
        assertInMostRounds(InstrumentIT::assertCpuTimeIsTraced);
    }

    /**
     * The tracepoints' clock is the workers'. A switch is traced before the kernel closes its account: at each the two differ by
     * the time that tracing takes, which in an emulator is a good part of 0.1 ms.
     */
    private static void assertCpuTimeIsTraced(Measured measured, WorkerReport worker) {
        long switches = measured.stints(worker).size() * 100_000L;
        long onCpu = measured.onCpuNs(worker);
        assertThat(worker.cpuTimeNs()).isCloseTo(onCpu, within(onCpu / 100 + switches));
    }

    /**
     * For each worker, in two of three rounds at least. When the host takes a CPU away between a switch's tracepoint and its
     * account, the kernel itself counts that time twice over, for one task here and for another there.
     */
    private static void assertInMostRounds(BiConsumer<Measured, WorkerReport> claim) {
        for (int i = 0; i < 4; i++) {
            List<AssertionError> misses = new ArrayList<>();
            for (Measured round : free) {
                try {
                    claim.accept(round, round.worker(i));
                } catch (AssertionError e) {
                    misses.add(e);
                }
            }
            assertThat(misses)
                    .as("rounds of %d in which worker %d differs", ROUNDS, i)
                    .hasSizeLessThanOrEqualTo(ROUNDS / 2);
        }
    }

    @Test
    void offCpuTimeIsThatOfTheTracepoints() {
        assertInMostRounds((round, worker) -> assertThat(worker.offCpuNs())
                .isCloseTo(worker.wallTimeNs() - round.onCpuNs(worker), within(worker.wallTimeNs() / 100)));
        // The sleeper sleeps 60 of at least 100 ms: it cannot have been on a CPU for longer than the rest.
        assertThat(free).allSatisfy(round -> {
            WorkerReport sleeper = round.worker(3);
            assertThat(sleeper.offCpuNs()).isGreaterThan(sleeper.wallTimeNs() * 55 / 100);
        });
    }

    @Test
    void everyMigrationOfAWorkerThatStaysAWhileIsCountedAndListed() {
        WorkerReport worker = moved.worker(0);
        // It is sent to its first CPU at once, perhaps before it has looked for the first time on which one it is; from
        // there on it moves once a step, and stays for half a second.
        long settled = worker.releasedNs() + TimeUnit.MILLISECONDS.toNanos(250);
        List<SchedTrace.Move> kernel = moved.moves(worker).stream()
                .filter(move -> move.atNs() > settled)
                .toList();
        List<Migration> seen = worker.migrationList().stream()
                .filter(migration -> worker.releasedNs() + migration.atNs() > settled)
                .toList();
        assertThat(kernel).hasSizeBetween(MOVES, MOVES + 1);
        assertThat(seen).hasSameSizeAs(kernel);
        assertThat(worker.migrations())
                .isEqualTo(worker.migrationList().size())
                .isLessThanOrEqualTo(moved.moves(worker).size());
        for (int i = 0; i < kernel.size(); i++) {
            Migration migration = seen.get(i);
            assertThat(migration.from()).isEqualTo(kernel.get(i).from());
            assertThat(migration.to()).isEqualTo(kernel.get(i).to());
            assertThat(worker.releasedNs() + migration.atNs())
                    .isGreaterThanOrEqualTo(kernel.get(i).atNs())
                    .isLessThan(kernel.get(i).atNs() + TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    @Test
    void noMigrationIsReportedThatTheKernelDoesNotConfirm() {
        assertThat(free)
                .allSatisfy(round -> assertThat(round.result().workers()).allSatisfy(worker -> {
                    assertThat(worker.migrations())
                            .isLessThanOrEqualTo(round.moves(worker).size());
                    assertThat(worker.migrationList()).hasSize((int) Math.min(256, worker.migrations()));
                    List<SchedTrace.Stint> stints = round.stints(worker);
                    assertThat(worker.migrationList()).allSatisfy(migration -> {
                        long at = worker.releasedNs() + migration.atNs();
                        // The clock is read just before the CPU: a switch between the two puts the time into the stint
                        // before.
                        assertThat(stints)
                                .anyMatch(stint -> stint.cpu() == migration.to()
                                        && at < stint.untilNs() + MICROS
                                        && at > stint.fromNs() - TimeUnit.MILLISECONDS.toNanos(50));
                    });
                }));
    }

    @Test
    void aPauseIsOneGapOfItsLengthAtItsTimeOnItsCpu() {
        WorkerReport worker = paused.worker(0);
        long from = paused.meddled().get(0)[0];
        long until = paused.meddled().get(0)[1];
        assertThat(until - from).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1500));
        long begun = worker.releasedNs() + worker.longestGapAtNs();
        long ended = begun + worker.longestGapNs();
        // It begins at the checkpoint before the stop and ends at the one after; alone on its CPU, the worker takes
        // one a millisecond. It is called stopped in /proc a little before it leaves its CPU, by as much as the host
        // holds that up.
        assertThat(begun).isLessThanOrEqualTo(from);
        assertThat(ended).isGreaterThanOrEqualTo(until);
        long on = paused.trace().onCpuNs(worker.tid(), begun, ended);
        assertThat(worker.longestGapNs() - on)
                .as("off the CPU in the gap of %d ns", worker.longestGapNs())
                .isGreaterThanOrEqualTo(until - from - PAUSE_SLACK_NS);
        assertThat(on).isLessThan(TimeUnit.MILLISECONDS.toNanos(150));
        assertThat(worker.longestGapCpu()).isEqualTo(1);
        assertThat(worker.offCpuNs()).isGreaterThanOrEqualTo(until - from - PAUSE_SLACK_NS);
    }

    @Test
    void eachSingleMillisecondOutsideTheCpusetIsSeen() {
        WorkerReport worker = blipped.worker(0);
        assertThat(blipped.meddled())
                .hasSize(BLIPS)
                .allSatisfy(blip -> assertThat(worker.migrationList())
                        .as("migrations of a worker that was on CPU 1 from %d ns until %d ns", blip[0], blip[1])
                        .anyMatch(migration -> migration.to() == 1 && isWithin(worker, migration, blip)));
        // There and back, as the kernel has it, and nothing else.
        assertThat(worker.migrations())
                .isEqualTo(2L * BLIPS)
                .isEqualTo(blipped.moves(worker).size());
        assertThat(worker.cpuUse()).containsExactly(new CpuUse(List.of(0), List.of(0, 1)));
    }

    private static boolean isWithin(WorkerReport worker, Migration migration, long[] blip) {
        long at = worker.releasedNs() + migration.atNs();
        return at > blip[0] && at < blip[1];
    }

    @Test
    void aCgroupWithHalfACpuDoesHalfTheCpusWork() {
        WorkerReport half = halved.worker(0);
        WorkerReport rest = halved.worker(1);
        assertThat(half.cgroup()).isEqualTo("half");
        // Both work on one CPU in the same seconds: the one up to its quota, the other, of a hundredth of its weight,
        // when
        // the first may not. The quota is dealt out in slices of 5 ms per 100 ms, which is what may be off.
        double share = (double) half.workUnits() / (half.workUnits() + rest.workUnits());
        assertThat(share).isCloseTo(0.5, within(0.05));
        assertThat((double) half.cpuTimeNs() / half.wallTimeNs()).isCloseTo(0.5, within(0.05));
    }

    @Test
    void fourEqualSpinnersOnTwoCpusGetEqualShares() {
        List<Double> off = four.result().workers().stream()
                .map(worker -> 100.0 * worker.offCpuNs() / worker.wallTimeNs())
                .sorted()
                .toList();
        assertThat(off).hasSize(4);
        assertThat(off.get(3) - off.get(0)).as("off-CPU %% of four: %s", off).isLessThan(5.0);
    }

    @Test
    void niceTenAgainstNiceZeroShowsTheKernelsWeights() {
        // sched_prio_to_weight[], kernel/sched/core.c: 1024 and 110.
        double weights = 1024.0 / 110;
        WorkerReport zero = niced.worker(0);
        WorkerReport ten = niced.worker(1);
        assertThat(List.of(zero, ten)).allSatisfy(worker -> assertCpuTimeIsTraced(niced, worker));
        // The scheduler owes nobody more than a slice whenever it picks the lighter one. At the end it may: the host
        // may
        // have kept the CPU from running, for longer than many slices, while the heavier one had it and was charged.
        List<SchedTrace.Stint> picks = niced.stints(ten);
        long from = picks.get(0).fromNs();
        long until = picks.get(picks.size() - 1).fromNs();
        double ratio = (double) niced.trace().onCpuNs(zero.tid(), from, until)
                / niced.trace().onCpuNs(ten.tid(), from, until);
        assertThat(ratio).isCloseTo(weights, within(weights / 10));
    }
}
