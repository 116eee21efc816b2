package dev.ktstr.run.encode;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Affinity;
import dev.ktstr.Backdrop;
import dev.ktstr.CgroupDef;
import dev.ktstr.CloneMode;
import dev.ktstr.CpusetSpec;
import dev.ktstr.HoldSpec;
import dev.ktstr.MemPolicy;
import dev.ktstr.MpolFlags;
import dev.ktstr.Op;
import dev.ktstr.Phase;
import dev.ktstr.SchedPolicy;
import dev.ktstr.Step;
import dev.ktstr.TestWorkers;
import dev.ktstr.WorkSpec;
import dev.ktstr.WorkType;
import dev.ktstr.guest.wire.CgroupPlan;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.HoldKind;
import dev.ktstr.guest.wire.MemoryMode;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PhaseKind;
import dev.ktstr.guest.wire.PolicyKind;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a scenario that is sound. */
class ScenarioEncoderTest {
    private static final Encoding ON_8_CPUS = Encoding.of(TestWorkers.topology("2n4l2c1t"), ofSeconds(8), 3);

    private static ScenarioPlan plan(Step... steps) {
        return ScenarioEncoder.encode(Backdrop.EMPTY, List.of(steps), ON_8_CPUS).plan();
    }

    private static WorkGroup only(CgroupDef def) {
        CgroupPlan plan =
                plan(Step.of(HoldSpec.FULL, def)).steps().get(0).setup().get(0);
        assertThat(plan.works()).hasSize(1);
        return plan.works().get(0);
    }

    @Test
    void countsCpusetsAndHoldsAreResolved() {
        ScenarioPlan plan = plan(
                Step.of(
                        HoldSpec.frac(0.25),
                        CgroupDef.named("a").cpuset(CpusetSpec.llc(1)),
                        CgroupDef.named("b")
                                .workers(4)
                                .work(WorkSpec.inherit())
                                .work(WorkSpec.inherit()
                                        .workers(1)
                                        .workType(WorkType.sequence(Phase.sleep(ofMillis(5)))))),
                Step.of(HoldSpec.fixed(ofMillis(300)), CgroupDef.named("a")));
        assertThat(plan.steps().get(0).hold().totalNs()).isEqualTo(2_000_000_000L);
        assertThat(plan.steps().get(1).hold().totalNs()).isEqualTo(300_000_000L);
        CgroupPlan a = plan.steps().get(0).setup().get(0);
        assertThat(a.cpus()).containsExactly(2, 3);
        assertThat(a.works().get(0).workers()).isEqualTo(3);
        CgroupPlan b = plan.steps().get(0).setup().get(1);
        assertThat(b.works().get(0).workers()).isEqualTo(4);
        assertThat(b.works().get(1).kind()).isEqualTo(WorkKind.SEQUENCE);
        assertThat(b.works().get(1).phases().get(0).kind()).isEqualTo(PhaseKind.SLEEP);
        assertThat(b.works().get(1).phases().get(0).durationNs()).isEqualTo(5_000_000);
    }

    @Test
    void everyWorkTypeHasAnEncoding() {
        for (String name : WorkType.names()) {
            WorkType type = switch (name) {
                case "Sequence" -> WorkType.sequence(Phase.spin(ofMillis(1)));
                case "Custom" -> WorkType.custom(java.nio.file.Path.of("/opt/worker"), "-x");
                default -> WorkType.byName(name);
            };
            WorkGroup group =
                    only(CgroupDef.named("a").workers(type.groupSize()).workType(type));
            assertThat(group.kind().name().replace("_", "")).isEqualToIgnoringCase(name);
            assertThat(group.command()).isEqualTo(type.command());
        }
    }

    @Test
    void parametersGoWhereTheAgentLooksForThem() {
        assertThat(only(CgroupDef.named("a").workers(9).workType(WorkType.fanOutCompute(8)))
                        .parameters())
                .satisfies(p -> {
                    assertThat(p.fanOut()).isEqualTo(8);
                    assertThat(p.sizeKb()).isEqualTo(256);
                    assertThat(p.operations()).isEqualTo(5);
                    assertThat(p.sleepNs()).isEqualTo(100_000);
                });
        assertThat(only(CgroupDef.named("a").workType(WorkType.cachePressure(64, 128)))
                        .parameters())
                .satisfies(p -> {
                    assertThat(p.sizeKb()).isEqualTo(64);
                    assertThat(p.strideBytes()).isEqualTo(128);
                });
        assertThat(only(CgroupDef.named("a").workType(WorkType.pageFaultChurn()))
                        .parameters())
                .satisfies(p -> {
                    assertThat(p.regionKb()).isEqualTo(4096);
                    assertThat(p.touches()).isEqualTo(256);
                    assertThat(p.spinIters()).isEqualTo(64);
                });
        assertThat(only(CgroupDef.named("a").workers(4).workType(WorkType.mutexContention()))
                        .parameters())
                .satisfies(p -> {
                    assertThat(p.contenders()).isEqualTo(4);
                    assertThat(p.holdIters()).isEqualTo(256);
                    assertThat(p.workIters()).isEqualTo(1024);
                });
        assertThat(only(CgroupDef.named("a").workers(2).workType(WorkType.pipeIo()))
                        .parameters()
                        .burstIters())
                .isEqualTo(1024);
        assertThat(only(CgroupDef.named("a").workType(WorkType.bursty())).parameters())
                .satisfies(p -> assertThat(p.burstNs() + p.sleepNs()).isEqualTo(150_000_000));
    }

    @Test
    void whatAWorkerIsGoesWithItsGroup() {
        WorkGroup group = only(CgroupDef.named("a")
                .policy(SchedPolicy.deadline(ofMillis(1), ofMillis(5), ofMillis(10)))
                .memPolicy(MemPolicy.bind(1), MpolFlags.STATIC_NODES)
                .nice(-5)
                .comm("worker")
                .cloneMode(CloneMode.THREAD));
        assertThat(group.policy().kind()).isEqualTo(PolicyKind.DEADLINE);
        assertThat(group.policy().runtimeNs()).isEqualTo(1_000_000);
        assertThat(group.policy().deadlineNs()).isEqualTo(5_000_000);
        assertThat(group.policy().periodNs()).isEqualTo(10_000_000);
        assertThat(group.memory().mode()).isEqualTo(MemoryMode.BIND);
        assertThat(group.memory().nodes()).containsExactly(1);
        assertThat(group.memory().flags()).isEqualTo(1 << 15);
        assertThat(group.nice()).isEqualTo(-5);
        assertThat(group.comm()).isEqualTo("worker");
        assertThat(group.cloneMode()).isEqualTo(dev.ktstr.guest.wire.CloneMode.THREAD);
        assertThat(only(CgroupDef.named("a").pcomm("leader")).cloneMode())
                .isEqualTo(dev.ktstr.guest.wire.CloneMode.THREAD);
    }

    @Test
    void settingsOfACgroupAreLeftAloneUnlessWritten() {
        CgroupPlan plain = plan(Step.of(HoldSpec.FULL, CgroupDef.named("a")))
                .steps()
                .get(0)
                .setup()
                .get(0);
        assertThat(plain).isEqualTo(CgroupPlan.of("a", List.of(), plain.works()));
        CgroupPlan set = plan(Step.of(
                        HoldSpec.FULL,
                        CgroupDef.named("a")
                                .cpuWeight(50)
                                .cpuMax(ofMillis(50), ofMillis(100))
                                .memoryMax(64 << 20)
                                .pidsMax(100)
                                .cpusetMems(1)))
                .steps()
                .get(0)
                .setup()
                .get(0);
        assertThat(set)
                .isEqualTo(new CgroupPlan("a", List.of(), List.of(1), 50, 50_000, 100_000, 64 << 20, 100, set.works()));
    }

    @Test
    void affinitiesAreWorkedOutForEachWorkerWithinItsCgroup() {
        CgroupDef onNode1 = CgroupDef.named("a").cpuset(CpusetSpec.numa(1)).workers(3);
        assertThat(only(onNode1).affinity()).isEmpty();
        assertThat(only(onNode1.affinity(Affinity.singleCpu())).affinity())
                .extracting(CpuList::cpus)
                .containsExactly(List.of(4), List.of(5), List.of(6));
        assertThat(only(onNode1.affinity(Affinity.llcAligned())).affinity())
                .extracting(CpuList::cpus)
                .containsExactly(List.of(4, 5), List.of(6, 7), List.of(4, 5));
        assertThat(only(onNode1.affinity(Affinity.crossCgroup())).affinity())
                .extracting(CpuList::cpus)
                .containsExactly(List.of(0, 1, 2, 3, 4, 5, 6, 7));
        assertThat(only(onNode1.affinity(Affinity.exact(3, 4))).affinity())
                .extracting(CpuList::cpus)
                .containsExactly(List.of(3, 4));
    }

    @Test
    void randomAffinitiesComeFromTheSeedAlone() {
        CgroupDef def = CgroupDef.named("a").workers(16).affinity(Affinity.randomSubset(3));
        Step[] steps = {Step.of(HoldSpec.FULL, def)};
        List<CpuList> sets = only(def).affinity();
        assertThat(sets)
                .hasSize(16)
                .allSatisfy(set -> assertThat(set.cpus()).hasSize(3).isSubsetOf(0, 1, 2, 3, 4, 5, 6, 7));
        assertThat(sets.stream().distinct().count()).isGreaterThan(5);
        assertThat(only(def).affinity()).isEqualTo(sets);
        assertThat(ScenarioEncoder.encode(Backdrop.EMPTY, List.of(steps), ON_8_CPUS.seed(1))
                        .plan()
                        .steps()
                        .get(0)
                        .setup()
                        .get(0)
                        .works()
                        .get(0)
                        .affinity())
                .isNotEqualTo(sets);
        assertThat(only(def.affinity(Affinity.randomSubset())).affinity())
                .allSatisfy(set -> assertThat(set.cpus()).hasSize(4));
    }

    @Test
    void opsNameCgroupsByTheirPathInTheGuest() {
        Encoding below = ON_8_CPUS.cgroupParent("/cells/inner").schedulerRequired(true);
        ScenarioPlan plan = ScenarioEncoder.encode(
                        Backdrop.of(CgroupDef.named("base").cpuset(CpusetSpec.llc(0)))
                                .with(Op.spawnHost(WorkSpec.inherit().workers(1))),
                        List.of(Step.ops(
                                        HoldSpec.frac(0.5),
                                        Op.addCgroup("x/y"),
                                        Op.setCpuset("x/y", CpusetSpec.llc(1)),
                                        Op.swapCpusets("base", "x/y"),
                                        Op.spawn("x/y", WorkSpec.inherit()),
                                        Op.setAffinity("x/y", Affinity.singleCpu()),
                                        Op.freezeCgroup("x/y"),
                                        Op.unfreezeCgroup("x/y"),
                                        Op.addCgroupDef(CgroupDef.named("z").noWorkers()),
                                        Op.moveAllTasks("x/y", "z"),
                                        Op.stopCgroup("z"),
                                        Op.clearCpuset("x/y"),
                                        Op.removeCgroup("x/y"),
                                        Op.captureSnapshot("s"),
                                        Op.watchSnapshot("v"),
                                        Op.restartScheduler())
                                .with(CgroupDef.named("own"))),
                        below)
                .plan();
        assertThat(plan.backdrop()).extracting(OpPlan::kind).containsExactly(OpKind.ADD_CGROUP_DEF, OpKind.SPAWN_HOST);
        assertThat(plan.backdrop().get(0).def().get(0).name()).isEqualTo("cells/inner/base");
        List<OpPlan> ops = plan.steps().get(0).ops();
        assertThat(ops)
                .extracting(OpPlan::kind)
                .containsExactly(
                        OpKind.ADD_CGROUP,
                        OpKind.SET_CPUSET,
                        OpKind.SWAP_CPUSETS,
                        OpKind.SPAWN,
                        OpKind.SET_AFFINITY,
                        OpKind.FREEZE_CGROUP,
                        OpKind.UNFREEZE_CGROUP,
                        OpKind.ADD_CGROUP_DEF,
                        OpKind.MOVE_ALL_TASKS,
                        OpKind.STOP_CGROUP,
                        OpKind.CLEAR_CPUSET,
                        OpKind.REMOVE_CGROUP,
                        OpKind.HOST_REQUEST,
                        OpKind.HOST_REQUEST,
                        OpKind.STOP_SCHEDULER,
                        OpKind.START_SCHEDULER);
        assertThat(ops.get(2).cgroup()).isEqualTo("cells/inner/base");
        assertThat(ops.get(2).otherCgroup()).isEqualTo("cells/inner/x/y");
        // After the swap it has the CPUs of LLC 0.
        assertThat(ops.get(4).affinity()).extracting(CpuList::cpus).containsExactly(List.of(0), List.of(1), List.of(0));
        assertThat(ops.get(12).name()).isEqualTo("snapshot:s");
        assertThat(ops.get(13).name()).isEqualTo("watch:v");
    }

    @Test
    void groupsAreLabelledInTheOrderOfTheirMaking() {
        EncodedScenario scenario = ScenarioEncoder.encode(
                Backdrop.of(CgroupDef.named("base").cpuset(CpusetSpec.llc(3))),
                List.of(Step.ops(HoldSpec.FULL, Op.spawnHost(WorkSpec.of(WorkType.mixed())))
                        .with(CgroupDef.named("a").work(WorkSpec.inherit()).work(WorkSpec.inherit()))),
                ON_8_CPUS);
        assertThat(scenario.groups())
                .containsExactly(
                        new GroupLabel(0, -1, "base", WorkType.spinWait(), List.of(6, 7)),
                        new GroupLabel(1, 0, "", WorkType.mixed(), List.of()),
                        new GroupLabel(2, 0, "a", WorkType.spinWait(), List.of()),
                        new GroupLabel(3, 0, "a", WorkType.spinWait(), List.of()));
        assertThat(scenario.plan().steps().get(0).setup().get(0).works())
                .extracting(WorkGroup::label)
                .containsExactly(2, 3);
    }

    @Test
    void loopsTakeWhatTheOthersLeave() {
        Op thaw = Op.unfreezeCgroup("base");
        Step loop = Step.ops(HoldSpec.loop(ofMillis(250)), Op.freezeCgroup("base"), thaw);
        ScenarioPlan plan = ScenarioEncoder.encode(
                        Backdrop.of(CgroupDef.named("base")),
                        List.of(Step.ops(HoldSpec.frac(0.25)), loop, loop),
                        ON_8_CPUS)
                .plan();
        assertThat(plan.steps())
                .extracting(step -> step.hold().totalNs())
                .containsExactly(2_000_000_000L, 3_000_000_000L, 3_000_000_000L);
        assertThat(plan.steps().get(1).hold().kind()).isEqualTo(HoldKind.LOOP);
        assertThat(plan.steps().get(1).hold().intervalNs()).isEqualTo(250_000_000);
        assertThat(plan.steps().get(1).ops()).hasSize(2);
    }

    @Test
    void theOpsOfALoopMayUseTheCgroupsOfItsSetUp() {
        ScenarioPlan plan =
                plan(Step.of(HoldSpec.loop(ofMillis(100)), CgroupDef.named("a").cpuset(CpusetSpec.llc(0)))
                        .with(Op.setCpuset("a", CpusetSpec.llc(1)), Op.setCpuset("a", CpusetSpec.llc(2))));
        assertThat(plan.steps().get(0).ops()).hasSize(2);
    }

    @Test
    void swappableWorkIsReplacedAndItsGroupsComeOutEven() {
        EncodedScenario scenario = ScenarioEncoder.encode(
                Backdrop.EMPTY,
                List.of(Step.of(
                        HoldSpec.FULL,
                        CgroupDef.named("may").workers(3).swappable(true),
                        CgroupDef.named("mayNot").workers(3))),
                ON_8_CPUS.workType(Optional.of(WorkType.pipeIo())));
        assertThat(scenario.groups()).extracting(group -> group.type().name()).containsExactly("PipeIo", "SpinWait");
        assertThat(scenario.plan().steps().get(0).setup().get(0).works().get(0).workers())
                .isEqualTo(4);
    }

    @Test
    void theLongestTimeCountsWhatOpsMayWait() {
        EncodedScenario scenario = ScenarioEncoder.encode(
                Backdrop.EMPTY,
                List.of(Step.ops(HoldSpec.FULL, Op.captureSnapshot("s"), Op.restartScheduler())),
                ON_8_CPUS.schedulerRequired(true));
        assertThat(scenario.longest()).isEqualTo(ofSeconds(8 + 10 + 60));
    }

    @Test
    void aGroupAloneIsEncodedForTheLowLevelApi() {
        WorkGroup group = ScenarioEncoder.workGroup(
                WorkSpec.of(WorkType.futexPingPong()).affinity(Affinity.singleCpu()),
                2,
                List.of(2, 3),
                ON_8_CPUS.topology(),
                7);
        assertThat(group.label()).isEqualTo(7);
        assertThat(group.affinity()).extracting(CpuList::cpus).containsExactly(List.of(2), List.of(3));
    }
}
