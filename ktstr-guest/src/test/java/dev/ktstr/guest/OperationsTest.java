package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.PayloadPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real agent interprets scenarios on this host: no machine, the same C. */
@Timeout(120)
class OperationsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long MS = 1_000_000;

    @TempDir
    static Path dir;

    private static RealAgent agent;

    @BeforeAll
    static void start() throws Exception {
        agent = RealAgent.start(dir);
    }

    @AfterAll
    static void stop() {
        if (agent != null) {
            agent.close();
            assertThat(agent.cgroup).doesNotExist();
        }
    }

    private static WorkGroup spinners(int workers, int label) {
        return WorkGroup.of(workers, WorkKind.SPIN_WAIT, WorkParameters.NONE, List.of())
                .labelled(label);
    }

    private static CgroupPlan cgroup(String name, WorkGroup... works) {
        return CgroupPlan.of(name, List.of(), List.of(works));
    }

    private static OpPlan op(OpKind kind, String cgroup) {
        return OpPlan.of(kind).on(cgroup);
    }

    private static StepPlan step(HoldPlan hold, List<OpPlan> ops, CgroupPlan... setup) {
        return new StepPlan(ops, List.of(setup), hold);
    }

    private static ScenarioPlan plan(List<OpPlan> backdrop, StepPlan... steps) {
        return new ScenarioPlan(backdrop, List.of(steps), false, 1);
    }

    private static ScenarioResult run(ScenarioPlan plan) {
        return agent.session.run(plan, LONG);
    }

    private static OpPlan payload(String name, String cgroup, long timeoutNs, long maxOutput, String script) {
        return OpPlan.of(OpKind.RUN_PAYLOAD)
                .withPayload(new PayloadPlan(name, List.of("sh", "-c", script), cgroup, timeoutNs, maxOutput));
    }

    private static String text(PayloadDone done) {
        return new String(done.output().bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aStepsWorkersEndWithItAndTheBackdropsWithTheScenario() {
        OpPlan backdrop = OpPlan.of(OpKind.ADD_CGROUP_DEF).withDef(cgroup("always", spinners(1, 7)));
        ScenarioResult result = run(plan(
                List.of(backdrop),
                step(HoldPlan.fixed(50 * MS), List.of(), cgroup("a", spinners(2, 1))),
                step(HoldPlan.fixed(50 * MS), List.of(), cgroup("a/b/c", spinners(1, 2)))));
        assertThat(result.workers()).extracting(WorkerReport::label).containsExactly(1, 1, 2, 7);
        assertThat(result.workers()).extracting(WorkerReport::step).containsExactly(0, 0, 1, -1);
        assertThat(result.workers()).extracting(WorkerReport::cgroup).containsExactly("a", "a", "a/b/c", "always");
        assertThat(result.workers()).allMatch(WorkerReport::completed).allMatch(w -> w.workUnits() > 0);
        assertThat(result.workers().get(3).wallTimeNs()).isGreaterThan(100 * MS);
        assertThat(result.completedSteps()).isEqualTo(2);
        assertThat(agent.cgroup.resolve("a")).doesNotExist();
        assertThat(agent.cgroup.resolve("always")).doesNotExist();
    }

    @Test
    void eventsTellWhatWasDoneInOrderOnTheGuestsClock() {
        ScenarioResult result = run(plan(
                List.of(),
                step(
                        HoldPlan.fixed(20 * MS),
                        List.of(
                                OpPlan.of(OpKind.ADD_CGROUP).withDef(cgroup("x")),
                                op(OpKind.SPAWN, "x").withWork(spinners(1, 0)),
                                op(OpKind.STOP_CGROUP, "x")),
                        cgroup("y", spinners(1, 1)))));
        assertThat(result.events())
                .extracting(e -> e.step() + " " + e.op() + " " + e.what() + " " + e.subject())
                .containsExactly(
                        "0 0 addCgroup x",
                        "0 1 spawn x",
                        "0 2 stopCgroup x",
                        "0 -1 setup y",
                        "0 -1 release ",
                        "0 -1 holdEnd ",
                        "0 -1 clear ",
                        "-1 -1 holdEnd ",
                        "-1 -1 clear ");
        assertThat(result.events()).isSortedAccordingTo((a, b) -> Long.compare(a.startedNs(), b.startedNs()));
        assertThat(result.events()).allMatch(e -> e.endedNs() >= e.startedNs());
        StimulusEvent release = result.events().get(4);
        assertThat(result.workers().get(1).releasedNs()).isEqualTo(release.startedNs());
    }

    @Test
    void aLoopSetsUpOnceAndRepeatsItsOperationsAtEveryInterval() {
        ScenarioResult result = run(plan(
                List.of(),
                step(
                        HoldPlan.loop(210 * MS, 50 * MS),
                        List.of(op(OpKind.FREEZE_CGROUP, "l"), op(OpKind.UNFREEZE_CGROUP, "l")),
                        cgroup("l", spinners(1, 0)))));
        assertThat(result.events().stream().filter(e -> e.what().equals("setup")))
                .hasSize(1);
        List<StimulusEvent> freezes = result.events().stream()
                .filter(e -> e.what().equals("freezeCgroup"))
                .toList();
        assertThat(freezes).hasSizeBetween(2, 5);
        long release = result.workers().get(0).releasedNs();
        for (StimulusEvent freeze : freezes) {
            assertThat((freeze.startedNs() - release) % (50 * MS)).isLessThan(40 * MS);
        }
        assertThat(result.workers()).allMatch(WorkerReport::completed);
    }

    @Test
    void whatAStepFrozeIsThawedAtItsEndAndNothingRanMeanwhile() {
        OpPlan backdrop = OpPlan.of(OpKind.ADD_CGROUP_DEF).withDef(cgroup("f", spinners(1, 0)));
        ScenarioResult result = run(plan(
                List.of(backdrop),
                step(HoldPlan.fixed(300 * MS), List.of(op(OpKind.FREEZE_CGROUP, "f"))),
                step(HoldPlan.fixed(50 * MS), List.of())));
        WorkerReport worker = result.workers().get(0);
        assertThat(worker.completed()).isTrue();
        assertThat(worker.longestGapNs()).isGreaterThanOrEqualTo(290 * MS);
    }

    @Test
    void allTasksMoveAndEndWhereTheyAre() {
        OpPlan first = OpPlan.of(OpKind.ADD_CGROUP_DEF).withDef(cgroup("from", spinners(2, 3)));
        OpPlan second = OpPlan.of(OpKind.ADD_CGROUP).withDef(cgroup("to"));
        ScenarioResult result = run(plan(
                List.of(first, second),
                step(
                        HoldPlan.fixed(20 * MS),
                        List.of(
                                op(OpKind.MOVE_ALL_TASKS, "from").and("to"),
                                op(OpKind.REMOVE_CGROUP, "from"),
                                op(OpKind.STOP_CGROUP, "to")))));
        assertThat(result.workers())
                .hasSize(2)
                .allMatch(WorkerReport::completed)
                .extracting(WorkerReport::cgroup)
                .containsOnly("from");
    }

    @Test
    void anOperationOnAnUnknownCgroupEndsTheScenarioNamingStepOperationAndCgroup() {
        StepPlan good = step(HoldPlan.fixed(MS), List.of());
        StepPlan bad = step(
                HoldPlan.fixed(MS),
                List.of(
                        OpPlan.of(OpKind.ADD_CGROUP).withDef(cgroup("cg_0")),
                        op(OpKind.SET_CPUSET, "cg_9").withCpus(List.of(0))));
        assertThatThrownBy(() -> run(plan(List.of(), good, bad)))
                .hasMessageContaining("step 2, op 2 (setCpuset 'cg_9'): there is no cgroup 'cg_9'");
        assertThat(agent.cgroup.resolve("cg_0")).doesNotExist();
    }

    @Test
    void aCpusetTheKernelRefusesIsToldInItsWords() throws Exception {
        OpPlan make = OpPlan.of(OpKind.ADD_CGROUP).withDef(cgroup("c"));
        OpPlan set = op(OpKind.SET_CPUSET, "c").withCpus(List.of(0, 1, 2, 3, 9, 60000));
        assertThatThrownBy(() -> run(plan(List.of(make, set))))
                .hasMessageContaining("backdrop, op 2 (setCpuset 'c'): writing '0-3,9,60000' to cpuset.cpus: ")
                .hasMessageContaining(
                        agent.has("cpuset")
                                ? "Numerical result out of range"
                                : "there is no cpuset controller of cgroup version 2 here");
    }

    @Test
    void tenThousandWorkersAreRefusedBeforeAnythingIsDone() {
        assertThatThrownBy(() ->
                        run(plan(List.of(), step(HoldPlan.fixed(MS), List.of(), cgroup("many", spinners(10_000, 0))))))
                .hasMessageContaining("step 1: 10000 workers are asked for; at most 4096 can live at a time");
    }

    @Test
    void nothingAboveTheRootCanBeNamed() {
        for (String name : List.of("..", "a/../../b", "/a", "a//b", "", "a\nb")) {
            assertThatThrownBy(
                            () -> run(plan(List.of(OpPlan.of(OpKind.ADD_CGROUP).withDef(cgroup(name))))))
                    .hasMessageContaining("it has no usable name for a cgroup");
        }
    }

    @Test
    void aPayloadsOutputErrorsAndExitCodeComeBack() {
        ScenarioResult result = run(plan(
                List.of(),
                step(
                        HoldPlan.fixed(MS),
                        List.of(
                                payload("p", "", 0, 1000, "echo out; echo err >&2; exit 3"),
                                OpPlan.of(OpKind.WAIT_PAYLOAD).named("p")))));
        PayloadDone done = result.payloads().get(0);
        assertThat(text(done)).isEqualTo("out\n");
        assertThat(new String(done.errors().bytes(), StandardCharsets.UTF_8)).isEqualTo("err\n");
        assertThat(done.exitCode()).isEqualTo(3);
        assertThat(done.signal()).isZero();
        assertThat(done.step()).isZero();
        assertThat(done.op()).isZero();
        assertThat(done.timedOut() || done.stopped()).isFalse();
        assertThat(done.endedNs()).isGreaterThan(done.startedNs());
    }

    @Test
    void aGibibyteOfOutputIsCountedAndFillsNoMemory() throws Exception {
        long flood = 1L << 30;
        ScenarioResult result = run(plan(
                List.of(),
                step(
                        HoldPlan.fixed(MS),
                        List.of(
                                payload("f", "", 0, 100, "printf begin; head -c " + flood + " /dev/zero; printf end"),
                                OpPlan.of(OpKind.WAIT_PAYLOAD).named("f")))));
        PayloadDone done = result.payloads().get(0);
        assertThat(done.outputTotal()).isEqualTo(flood + 8);
        assertThat(done.output().length()).isEqualTo(100);
        assertThat(text(done)).startsWith("begin\0").endsWith("\0end");
        String status = Files.readString(
                Path.of("/proc", String.valueOf(agent.ports.process().pid()), "status"));
        long peakKb = Long.parseLong(status.replaceAll("(?s).*VmHWM:\\s+(\\d+) kB.*", "$1"));
        assertThat(peakKb).isLessThan(128 << 10); // its window of 32 MiB included
    }

    @Test
    void aPayloadThatHangsIsEndedByItsTimeOutAndOneThatIgnoresSigtermIsKilled() {
        ScenarioResult result = run(plan(
                List.of(),
                step(
                        HoldPlan.fixed(MS),
                        List.of(
                                payload("polite", "", 50 * MS, 10, "sleep 1000"),
                                payload("rude", "", 50 * MS, 10, "trap '' TERM; while :; do sleep 1; done"),
                                OpPlan.of(OpKind.WAIT_PAYLOAD).named("polite"),
                                OpPlan.of(OpKind.WAIT_PAYLOAD).named("rude")))));
        assertThat(result.payloads()).extracting(PayloadDone::name).containsExactly("polite", "rude");
        assertThat(result.payloads()).extracting(PayloadDone::signal).containsExactly(15, 9);
        assertThat(result.payloads()).allMatch(PayloadDone::timedOut);
    }

    @Test
    void aPayloadThatWasNotWaitedForEndsWithItsStepWithAllItStarted() throws Exception {
        Path pid = dir.resolve("grandchild");
        String script = "setsid sleep 1000 & echo $! > " + pid + "; echo; sleep 1000";
        ScenarioResult result = run(plan(
                List.of(),
                step(
                        HoldPlan.fixed(300 * MS),
                        List.of(
                                OpPlan.of(OpKind.ADD_CGROUP).withDef(cgroup("p")),
                                payload("bg", "p", 0, 10, script)))));
        assertThat(result.payloads().get(0).stopped()).isTrue();
        assertThat(result.payloads().get(0).signal()).isEqualTo(15);
        long grandchild = Long.parseLong(Files.readString(pid).strip());
        assertThat(ProcessHandle.of(grandchild)).isEmpty();
    }

    @Test
    void payloadsThatCannotBeStartedOrAreNotThereAreErrorsOfTheirOperation() {
        OpPlan missing =
                OpPlan.of(OpKind.RUN_PAYLOAD).withPayload(new PayloadPlan("m", List.of("/no/such/program"), "", 0, 10));
        assertThatThrownBy(() -> run(plan(List.of(missing))))
                .hasMessageContaining(
                        "backdrop, op 1 (runPayload 'm'): cannot run /no/such/program: No such file or directory");
        assertThatThrownBy(() -> run(plan(List.of(OpPlan.of(OpKind.WAIT_PAYLOAD).named("w")))))
                .hasMessageContaining("op 1 (waitPayload 'w'): no payload of this name was started");
        assertThatThrownBy(() -> run(plan(List.of(payload("x", "none", 0, 10, "true")))))
                .hasMessageContaining("there is no cgroup 'none'");
        assertThatThrownBy(() -> run(plan(List.of(
                        payload("s", "", 0, 10, "sleep 1000"),
                        OpPlan.of(OpKind.WAIT_PAYLOAD).named("s").within(20 * MS)))))
                .hasMessageContaining("op 2 (waitPayload 's'): it still runs after 20 ms");
    }

    @Test
    void aPayloadRunsInItsCgroupAndKillEndsIt() throws Exception {
        Path where = dir.resolve("where");
        ScenarioResult result = run(plan(
                List.of(
                        OpPlan.of(OpKind.ADD_CGROUP).withDef(cgroup("in")),
                        payload("k", "in", 0, 1000, "cat /proc/self/cgroup; : > " + where + "; sleep 1000")),
                step(HoldPlan.fixed(400 * MS), List.of()),
                step(HoldPlan.fixed(MS), List.of(OpPlan.of(OpKind.KILL_PAYLOAD).named("k")))));
        assertThat(text(result.payloads().get(0))).contains(agent.cgroup.getFileName() + "/in");
        assertThat(result.payloads().get(0).step()).isEqualTo(-1);
        assertThat(result.payloads().get(0).stopped()).isTrue();
    }

    @Test
    void theHostIsAskedAndItsRefusalEndsTheScenario() {
        List<String> asked = new java.util.concurrent.CopyOnWriteArrayList<>();
        ScenarioListener answers = new ScenarioListener() {
            @Override
            public void hostRequest(String name) {
                asked.add(name);
                if (name.equals("bad")) {
                    throw new IllegalStateException("the map 'x' is not there");
                }
            }
        };
        OpPlan good = OpPlan.of(OpKind.HOST_REQUEST).named("snapshot:one");
        OpPlan bad = OpPlan.of(OpKind.HOST_REQUEST).named("bad");
        agent.session.run(plan(List.of(good, good)), LONG, answers);
        assertThatThrownBy(() -> agent.session.run(plan(List.of(bad)), LONG, answers))
                .hasMessageContaining("backdrop, op 1 (hostRequest 'bad'): the map 'x' is not there");
        assertThat(asked).containsExactly("snapshot:one", "snapshot:one", "bad");
    }
}
