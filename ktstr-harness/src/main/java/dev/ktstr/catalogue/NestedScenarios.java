package dev.ktstr.catalogue;

import static java.time.Duration.ofMillis;

import dev.ktstr.CgroupDef;
import dev.ktstr.CpusetSpec;
import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.Step;
import java.util.List;
import java.util.function.Function;

/** Cgroups within cgroups. */
final class NestedScenarios {
    private static final HoldSpec HALF = HoldSpec.frac(0.5);

    private NestedScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(name, Group.NESTED, description, needs, builder);
    }

    private static CgroupDef parent(String name) {
        return CgroupDef.named(name).noWorkers();
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "nestedSteady",
                        "Two children of one cgroup and one of another spin side by side.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("top/left"), s.spinning("top/right"), s.spinning("other/only"))),
                of(
                        "nestedTaskMove",
                        "All tasks move from one child to another, within a parent and across parents.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.3)),
                                        Step.ops(HoldSpec.frac(0.3), Op.moveAllTasks("top/left", "top/right")),
                                        Step.ops(HoldSpec.frac(0.4), Op.moveAllTasks("top/right", "other/only")))
                                .before(
                                        s.spinning("top/left"),
                                        s.spinning("top/right").noWorkers(),
                                        s.spinning("other/only").noWorkers())),
                of(
                        "nestedDeep",
                        "A cgroup six levels down beside one at the top.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("a/b/c/d/e/deep"), s.spinning("shallow"))),
                of(
                        "nestedCpuset",
                        "A parent has half of the CPUs, its children halves of that.",
                        Needs.cpus(6),
                        s -> Built.defs(
                                        parent("top").cpuset(CpusetSpec.range(0, 0.5)),
                                        s.spinning("top/left").cpuset(CpusetSpec.range(0, 0.25)),
                                        s.spinning("top/right"),
                                        s.spinning("other"))
                                .isolated()),
                of(
                        "nestedParentResize",
                        "The cpuset of a parent is narrowed to half and widened again; its children have none of their own.",
                        Needs.cpus(2),
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.3)),
                                        Step.ops(HoldSpec.frac(0.4), Op.setCpuset("top", CpusetSpec.disjoint(0, 2))),
                                        Step.ops(HoldSpec.frac(0.3), Op.setCpuset("top", CpusetSpec.range(0, 1))))
                                .before(
                                        parent("top").cpuset(CpusetSpec.range(0, 1)),
                                        s.spinning("top/left"),
                                        s.spinning("top/right"))
                                .isolated()),
                of(
                        "nestedWeights",
                        "Weights at two levels: a heavy parent with a heavy and a light child beside a light parent.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        parent("heavy").cpuWeight(400),
                                        s.spinning("heavy/heavy")
                                                .workers(s.cpus())
                                                .cpuWeight(200),
                                        s.spinning("heavy/light")
                                                .workers(s.cpus())
                                                .cpuWeight(50),
                                        parent("light").cpuWeight(100),
                                        s.spinning("light/only").workers(s.cpus()))
                                .paused()),
                of(
                        "nestedQuota",
                        "A parent may use one CPU's time; each of its children wants more.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                        parent("top").cpuMax(ofMillis(50), ofMillis(50)),
                                        s.spinning("top/left"),
                                        s.spinning("top/right"))
                                .unequal()),
                of(
                        "nestedFreeze",
                        "A parent is frozen, and with it all its children, for the middle of the time.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.33)),
                                        Step.ops(HoldSpec.frac(0.33), Op.freezeCgroup("top")),
                                        Step.ops(HoldSpec.frac(0.33)))
                                .before(
                                        parent("top"),
                                        s.spinning("top/left"),
                                        s.spinning("top/right"),
                                        s.spinning("other"))
                                .paused()),
                of(
                        "nestedChurn",
                        "A child is removed with its workers and made anew in every tenth of the time, while its parent's other child runs.",
                        Needs.NOTHING,
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.1)),
                                        Step.ops(
                                                HoldSpec.loop(s.part(0.1)),
                                                Op.removeCgroup("top/churn"),
                                                Op.addCgroupDef(s.spinning("top/churn"))))
                                .before(s.spinning("top/steady"), s.spinning("top/churn"))
                                .brief()),
                of(
                        "nestedRemoveTree",
                        "Halfway a parent and all its children are removed with what runs in them.",
                        Needs.NOTHING,
                        s -> Built.steps(Step.ops(HALF), Step.ops(HALF, Op.removeCgroup("top")))
                                .before(
                                        parent("top"),
                                        s.spinning("top/left"),
                                        s.spinning("top/right"),
                                        s.spinning("other"))));
    }
}
