package dev.ktstr.catalogue;

import dev.ktstr.CpusetSpec;
import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.Step;
import dev.ktstr.WorkType;
import java.util.List;
import java.util.function.Function;

/** Cgroups and workers that come and go. */
final class DynamicScenarios {
    private static final HoldSpec HALF = HoldSpec.frac(0.5);
    private static final HoldSpec QUARTER = HoldSpec.frac(0.25);

    private DynamicScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(name, Group.DYNAMIC, description, needs, builder);
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "cgroupAdd",
                        "Halfway a second cgroup joins one that runs.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(HALF), Step.of(HALF, s.spinning("cg_1")))
                                .before(s.spinning("cg_0"))),
                of(
                        "cgroupRemove",
                        "Halfway one of two cgroups is stopped and removed.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(HALF), Step.ops(HALF, Op.stopCgroup("cg_1"), Op.removeCgroup("cg_1")))
                                .before(s.spinning("cg_0"), s.spinning("cg_1"))),
                of(
                        "cgroupReplace",
                        "A cgroup is removed and made again under the same name with other work.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.of(HALF, s.spinning("cg_1")),
                                        Step.of(HALF, s.doing("cg_1", WorkType.bursty())))
                                .before(s.spinning("cg_0"))),
                of(
                        "cgroupChurn",
                        "Beside a steady cgroup another one is removed with its workers and made anew in every tenth of the time.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.1)),
                                        Step.ops(
                                                HoldSpec.loop(s.part(0.1)),
                                                Op.removeCgroup("churn"),
                                                Op.addCgroupDef(s.spinning("churn"))))
                                .before(s.spinning("steady"), s.spinning("churn"))
                                .brief()),
                of(
                        "emptyCgroupChurn",
                        "Beside a steady cgroup empty ones are made and removed, all the time.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(
                                        HoldSpec.loop(s.part(0.02)),
                                        Op.addCgroup("empty/child"),
                                        Op.removeCgroup("empty")))
                                .before(s.spinning("steady"))),
                of(
                        "rampUp",
                        "Each quarter of the time one more cgroup runs beside a steady one.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.ops(QUARTER),
                                        Step.of(QUARTER, s.spinning("cg_1")),
                                        Step.of(QUARTER, s.spinning("cg_1"), s.spinning("cg_2")),
                                        Step.of(QUARTER, s.spinning("cg_1"), s.spinning("cg_2"), s.spinning("cg_3")))
                                .before(s.spinning("cg_0"))
                                .unequal()),
                of(
                        "workersJoin",
                        "Halfway as many workers again join those of a cgroup.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(HALF), Step.ops(HALF, Op.spawn("cg_0", s.work(WorkType.spinWait()))))
                                .before(s.spinning("cg_0"))
                                .unequal()),
                of(
                        "workersLeave",
                        "Two cgroups load every CPU; halfway one stops, and the other is to get what it had.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(HALF), Step.ops(HALF, Op.stopCgroup("cg_1")))
                                .before(
                                        s.spinning("cg_0").workers(s.cpus()),
                                        s.spinning("cg_1").workers(s.cpus()))),
                of(
                        "freezeThaw",
                        "One of two cgroups is frozen for the second third of the time.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.33)),
                                        Step.ops(HoldSpec.frac(0.33), Op.freezeCgroup("cg_1")),
                                        Step.ops(HoldSpec.frac(0.33)))
                                .before(s.spinning("cg_0"), s.spinning("cg_1"))
                                .paused()),
                of(
                        "freezeFlap",
                        "One of two cgroups is frozen and thawed, all the time.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(
                                        HoldSpec.loop(s.part(0.04)),
                                        Op.freezeCgroup("cg_1"),
                                        Op.unfreezeCgroup("cg_1")))
                                .before(s.spinning("cg_0"), s.spinning("cg_1"))),
                of(
                        "tasksMove",
                        "All tasks of one cgroup move into another with other CPUs, and back.",
                        Needs.cpus(2),
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.4)),
                                        Step.ops(HoldSpec.frac(0.3), Op.moveAllTasks("cg_0", "cg_1")),
                                        Step.ops(HoldSpec.frac(0.3), Op.moveAllTasks("cg_1", "cg_0")))
                                .before(
                                        s.spinning("cg_0").cpuset(CpusetSpec.disjoint(0, 2)),
                                        s.spinning("cg_1").noWorkers().cpuset(CpusetSpec.disjoint(1, 2)))
                                .isolated()),
                of(
                        "tasksMoveFlap",
                        "All tasks of one cgroup move into another and back, all the time.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(
                                        HoldSpec.loop(s.part(0.04)),
                                        Op.moveAllTasks("cg_0", "cg_1"),
                                        Op.moveAllTasks("cg_1", "cg_0")))
                                .before(s.spinning("cg_0"), s.spinning("cg_1").noWorkers())));
    }
}
