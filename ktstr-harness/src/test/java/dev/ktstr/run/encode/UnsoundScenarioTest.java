package dev.ktstr.run.encode;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ktstr.Affinity;
import dev.ktstr.Backdrop;
import dev.ktstr.CgroupDef;
import dev.ktstr.CpusetSpec;
import dev.ktstr.HoldSpec;
import dev.ktstr.MemPolicy;
import dev.ktstr.Op;
import dev.ktstr.SchedPolicy;
import dev.ktstr.Step;
import dev.ktstr.TestWorkers;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused before the guest touches it: each message says what, where and what to do. */
class UnsoundScenarioTest {
    private static final CgroupDef A = CgroupDef.named("cg_0");
    private static final CgroupDef B = CgroupDef.named("cg_1");
    private static final Encoding ON_5_CPUS = Encoding.of(TestWorkers.topology("1n1l5c1t"), ofSeconds(10), 2);
    private static final Encoding ON_2_NODES = Encoding.of(TestWorkers.topology("2n4l2c1t"), ofSeconds(10), 2);
    private static final WorkSpec TWO = WorkSpec.inherit().workers(2);

    private static void refused(Encoding on, Backdrop backdrop, List<Step> steps, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScenarioEncoder.encode(backdrop, steps, on))
                .satisfies(e -> {
                    for (String word : words) {
                        org.assertj.core.api.Assertions.assertThat(e).hasMessageContaining(word);
                    }
                });
    }

    private static void refused(List<Op> ops, String... words) {
        refused(ON_2_NODES, Backdrop.of(A, B), List.of(new Step(List.of(), ops, HoldSpec.FULL)), words);
    }

    private static void sound(Encoding on, Backdrop backdrop, Step... steps) {
        assertThatCode(() -> ScenarioEncoder.encode(backdrop, List.of(steps), on))
                .doesNotThrowAnyException();
    }

    @Test
    void aCpusetThatCannotBeMetNamesItsCgroup() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScenarioEncoder.encode(
                        Backdrop.EMPTY,
                        List.of(Step.of(HoldSpec.FULL, A.cpuset(CpusetSpec.disjoint(0, 8)))),
                        ON_5_CPUS))
                .withMessage(
                        "cgroup 'cg_0': CpusetSpec validation failed: not enough usable CPUs (4) for 8 partitions");
        refused(
                ON_5_CPUS,
                Backdrop.of(A.cpuset(CpusetSpec.llc(3))),
                List.of(Step.ops(HoldSpec.FULL)),
                "backdrop, cgroup 'cg_0': CpusetSpec validation failed: there is no LLC 3; the topology has 1");
        refused(
                List.of(Op.setCpuset("cg_0", CpusetSpec.numa(2))),
                "step 1, op 1 (setCpuset 'cg_0'): CpusetSpec validation failed: NUMA node 2 does not exist");
    }

    @Test
    void anUnknownCgroupIsAskedAbout() {
        refused(
                List.of(Op.stopCgroup("cg0")),
                "step 1, op 1 (stopCgroup 'cg0'): there is no cgroup 'cg0' here.",
                "Did you mean 'cg_0'?",
                "There are cg_0, cg_1.");
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(Step.ops(HoldSpec.FULL, Op.freezeCgroup("x"))),
                "None has been made yet.");
        refused(List.of(Op.swapCpusets("cg_0", "cg_2")), "there is no cgroup 'cg_2'");
        refused(List.of(Op.moveAllTasks("cg_0", "nowhere")), "there is no cgroup 'nowhere'");
    }

    @Test
    void aCgroupThatIsGoneSaysWhereItWent() {
        refused(
                List.of(Op.removeCgroup("cg_0"), Op.removeCgroup("cg_0")),
                "step 1, op 2 (removeCgroup 'cg_0'): cgroup 'cg_0' is gone: step 1, op 1 (removeCgroup 'cg_0') removed it");
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(
                        Step.of(HoldSpec.frac(0.5), A),
                        Step.ops(HoldSpec.frac(0.5), Op.stopCgroup("cg_0"), Op.removeCgroup("cg_0"))),
                "step 2, op 1 (stopCgroup 'cg_0'): cgroup 'cg_0' is gone: it ended with step 1",
                "Backdrop");
    }

    @Test
    void aCgroupIsMadeOnce() {
        refused(
                ON_5_CPUS,
                Backdrop.of(A),
                List.of(Step.of(HoldSpec.FULL, A)),
                "cgroup 'cg_0': a cgroup of that name is there already");
        sound(ON_5_CPUS, Backdrop.EMPTY, Step.of(HoldSpec.frac(0.5), A), Step.of(HoldSpec.frac(0.5), A));
    }

    @Test
    void onlyTheInnermostCgroupsHoldTasks() {
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, A, CgroupDef.named("cg_0/child"))),
                "cgroup 'cg_0' has workers, and 'cg_0/child' lies below it",
                "'cg_0/own'");
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, CgroupDef.named("cg_0/child"))
                        .with(B)
                        .with(Op.addCgroup("cg_2/x"), Op.spawn("cg_2", TWO))),
                "step 1, op 2 (spawn 'cg_2'): cgroup 'cg_2' cannot hold tasks, for 'cg_2/x' lies below it");
        sound(ON_5_CPUS, Backdrop.EMPTY, Step.of(HoldSpec.FULL, A.noWorkers(), CgroupDef.named("cg_0/child")));
    }

    @Test
    void aChildStaysWithinItsParentsCpus() {
        CgroupDef parent = A.noWorkers().cpuset(CpusetSpec.llc(0));
        CgroupDef child = CgroupDef.named("cg_0/child");
        refused(
                ON_2_NODES,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, parent, child.cpuset(CpusetSpec.llc(1)))),
                "cgroup 'cg_0/child': CPUs 2-3 are not all in those of the cgroup above it, 0-1");
        refused(
                ON_2_NODES,
                Backdrop.of(parent, child.cpuset(CpusetSpec.exact(1))),
                List.of(Step.ops(HoldSpec.FULL, Op.setCpuset("cg_0", CpusetSpec.llc(1)))),
                "CPUs 2-3 leave nothing to 'cg_0/child' below it, which has 1");
    }

    @Test
    void cpusetsThatAreNotThereAreNeitherClearedNorSwapped() {
        refused(List.of(Op.clearCpuset("cg_0")), "cgroup 'cg_0' has no cpuset to clear");
        refused(
                List.of(Op.setCpuset("cg_0", CpusetSpec.llc(0)), Op.swapCpusets("cg_0", "cg_1")),
                "step 1, op 2 (swapCpusets 'cg_0'): cgroup 'cg_1' has no cpuset to swap");
    }

    @Test
    void anAffinityMustLeaveTheWorkersACpu() {
        refused(
                ON_2_NODES,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, A.cpuset(CpusetSpec.llc(0)).affinity(Affinity.exact(4, 5)))),
                "cgroup 'cg_0': Affinity.exact: none of the CPUs 4-5 is in the cgroup's 0-1");
        refused(List.of(Op.setAffinity("cg_0", Affinity.exact(8))), "CPUs 8 are not all in 0-7");
        refused(
                List.of(Op.stopCgroup("cg_0"), Op.setAffinity("cg_0", Affinity.singleCpu())),
                "step 1, op 2 (setAffinity 'cg_0'): cgroup 'cg_0' has no workers whose affinity could change");
    }

    @Test
    void memoryComesFromNodesThatTheCpusetHas() {
        CgroupDef bound = A.cpuset(CpusetSpec.numa(0)).memPolicy(MemPolicy.bind(1));
        refused(
                ON_2_NODES,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, bound)),
                "cgroup 'cg_0': MemPolicy BIND names NUMA nodes 1, and the nodes of the cpuset are 0",
                "cpusetMems(...)");
        refused(
                ON_2_NODES,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, A.memPolicy(MemPolicy.interleave(0, 4)))),
                "names NUMA nodes 4, which do not exist; there are 0-1");
        refused(
                ON_2_NODES,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, A.cpusetMems(0, 7))),
                "cpuset.mems: nodes 0,7 are not all among the nodes with memory that it may use, 0-1");
        sound(ON_2_NODES, Backdrop.EMPTY, Step.of(HoldSpec.FULL, bound.cpusetMems(0, 1)));
        sound(ON_2_NODES, Backdrop.EMPTY, Step.of(HoldSpec.FULL, A.memPolicy(MemPolicy.bind(1))));
    }

    @Test
    void countsThatTheTestGivesMustComeOutEvenToo() {
        refused(
                Encoding.of(ON_5_CPUS.topology(), ofSeconds(10), 3),
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, A.workType(WorkType.pipeIo()))),
                "cgroup 'cg_0': PipeIo requires workers divisible by 2, got 3");
    }

    @Test
    void noMoreWorkersThanTheAgentHasSlotsFor() {
        refused(
                ON_5_CPUS,
                Backdrop.of(A.workers(4096)),
                List.of(Step.ops(HoldSpec.FULL, Op.spawnHost(TWO))),
                "step 1, op 1 (spawnHost): 4098 workers would live at a time, and a guest can run 4096");
        refused(
                ON_5_CPUS,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.loop(ofMillis(1)), Op.spawn("cg_0", TWO))),
                "step 1, which starts 2 more workers in each round of its loop: 20002 workers would live at a time");
        sound(
                ON_5_CPUS,
                Backdrop.of(A),
                Step.ops(HoldSpec.loop(ofMillis(1)), Op.spawn("cg_0", TWO), Op.stopCgroup("cg_0")));
    }

    @Test
    void deadlineWorkersNeedAllCpusAndNoMoreTimeThanThereIs() {
        SchedPolicy half = SchedPolicy.deadline(ofMillis(5), ofMillis(10), ofMillis(10));
        refused(
                ON_2_NODES,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, A.policy(half).cpuset(CpusetSpec.llc(0)))),
                "cgroup 'cg_0': SCHED_DEADLINE workers need every CPU of the machine, and the cpuset has 0-1 of 0-7");
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.FULL, A.policy(half).workers(10))),
                "ask for 5.00 CPUs, and the kernel admits 4.75 (95 % of 5)");
        sound(ON_5_CPUS, Backdrop.EMPTY, Step.of(HoldSpec.FULL, A.policy(half).workers(9)));
    }

    @Test
    void holdsFitIntoTheTest() {
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(Step.of(HoldSpec.frac(0.6), A), Step.of(HoldSpec.fixed(ofSeconds(5)), A)),
                "the steps hold for 11 s in all [6 s, 5 s], and the test lasts 10 s",
                "durationS");
        refused(
                ON_5_CPUS,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.FULL), Step.ops(HoldSpec.loop(ofMillis(100)), Op.stopCgroup("cg_0"))),
                "step 2: a loop at intervals of 100 ms does not fit into the 0 s that are left for it");
        refused(
                ON_5_CPUS,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.loop(ofMillis(100)))),
                "step 1 loops and has no ops to repeat");
        refused(ON_5_CPUS, Backdrop.of(A), List.of(), "a scenario needs at least one step");
        sound(
                ON_5_CPUS,
                Backdrop.EMPTY,
                Collections.nCopies(3, Step.of(HoldSpec.frac(1.0 / 3), A)).toArray(Step[]::new));
    }

    @Test
    void theOpsOfALoopCanBeRepeated() {
        List<Op> adds = List.of(Op.addCgroup("x"));
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(new Step(List.of(), adds, HoldSpec.loop(ofMillis(100)))),
                "the second round of the loop: step 1, op 1 (addCgroup 'x'): a cgroup of that name is there already");
        List<Op> addsAndRemoves = new ArrayList<>(adds);
        addsAndRemoves.add(Op.removeCgroup("x"));
        sound(ON_5_CPUS, Backdrop.EMPTY, new Step(List.of(), addsAndRemoves, HoldSpec.loop(ofMillis(100))));
        refused(
                ON_5_CPUS,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.loop(ofMillis(100)), Op.freezeCgroup("cg_0"))),
                "the second round of the loop: step 1, op 1 (freezeCgroup 'cg_0'): cgroup 'cg_0' is frozen already");
    }

    @Test
    void anAffinityOfALoopMeansTheSameInEachRound() {
        Backdrop two = Backdrop.of(A.cpuset(CpusetSpec.llc(0)), B.cpuset(CpusetSpec.llc(1)));
        refused(
                ON_2_NODES,
                two,
                List.of(Step.ops(
                        HoldSpec.loop(ofMillis(100)),
                        Op.swapCpusets("cg_0", "cg_1"),
                        Op.setAffinity("cg_0", Affinity.singleCpu()))),
                "step 1: an affinity of its loop means other CPUs in the second round than in the first");
        sound(ON_2_NODES, two, Step.ops(HoldSpec.loop(ofMillis(100)), Op.swapCpusets("cg_0", "cg_1")));
    }

    @Test
    void whatHasNothingToDoIsAMistake() {
        refused(
                List.of(Op.stopCgroup("cg_0"), Op.stopCgroup("cg_0")),
                "op 2 (stopCgroup 'cg_0'): cgroup 'cg_0' has no workers to stop");
        refused(List.of(Op.unfreezeCgroup("cg_0")), "cgroup 'cg_0' is not frozen");
        refused(List.of(Op.stopCgroup("cg_0"), Op.moveAllTasks("cg_0", "cg_1")), "cgroup 'cg_0' has no tasks to move");
    }

    @Test
    void aStepCannotEndWithTheBackdropsWorkersInItsCgroup() {
        refused(
                ON_5_CPUS,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.FULL, Op.addCgroup("x"), Op.moveAllTasks("cg_0", "x"))),
                "step 1: cgroup 'x' ends with step 1, which had made it, and holds what belongs to the backdrop");
        sound(
                ON_5_CPUS,
                Backdrop.of(A, CgroupDef.named("x").noWorkers()),
                Step.ops(HoldSpec.FULL, Op.moveAllTasks("cg_0", "x")));
    }

    @Test
    void schedulersAreStoppedAndStartedInTurn() {
        refused(List.of(Op.detachScheduler()), "there is no scheduler under test that is a process");
        Encoding scheduled = ON_5_CPUS.schedulerRequired(true);
        refused(
                scheduled,
                Backdrop.EMPTY,
                List.of(Step.ops(HoldSpec.FULL, Op.attachScheduler())),
                "step 1, op 1 (attachScheduler): the scheduler is attached already");
        refused(
                scheduled,
                Backdrop.EMPTY,
                List.of(
                        Step.ops(HoldSpec.frac(0.5), Op.detachScheduler()),
                        Step.ops(HoldSpec.frac(0.5), Op.restartScheduler())),
                "step 2, op 1 (restartScheduler): the scheduler was detached before this op");
        refused(
                scheduled,
                Backdrop.EMPTY,
                List.of(Step.ops(HoldSpec.FULL, Op.replaceScheduler("other"))),
                "step 1, op 1 (replaceScheduler 'other'): a scenario can stop and start the scheduler under test, and"
                        + " cannot replace it");
    }

    @Test
    void payloadsAreStartedBeforeTheyAreWaitedFor() {
        refused(List.of(Op.waitPayload("stress")), "no payload 'stress' was started before this op");
        Encoding known = ON_5_CPUS.payloads(new FakePayloads(), List.of());
        Op run = Op.runPayload(String.class).as("fio");
        refused(
                known,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.FULL, run, Op.killPayload("foi"))),
                "step 1, op 2 (killPayload 'foi'): no payload 'foi' was started before this op. Did you mean 'fio'?");
        refused(
                known,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.FULL, run, run)),
                "step 1, op 2 (runPayload 'fio'): payload 'fio' runs already");
        refused(
                known,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.FULL, run, Op.waitPayload("fio"), Op.waitPayload("fio"))),
                "payload 'fio' has ended before this op");
        refused(
                known,
                Backdrop.of(A),
                List.of(Step.ops(HoldSpec.FULL, Op.runPayload(String.class).inCgroup("nope"))),
                "there is no cgroup 'nope'");
        sound(
                known,
                Backdrop.of(A),
                Step.ops(HoldSpec.FULL, Op.runPayload(String.class).inCgroup("cg_0"), Op.waitPayload(String.class)));
        refused(
                ON_5_CPUS,
                Backdrop.EMPTY,
                List.of(Step.ops(HoldSpec.FULL, run)),
                "payload java.lang.String cannot run here: this run has no payloads");
    }
}
