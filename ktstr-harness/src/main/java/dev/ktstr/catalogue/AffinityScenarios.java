package dev.ktstr.catalogue;

import dev.ktstr.Affinity;
import dev.ktstr.CpusetSpec;
import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.Step;
import dev.ktstr.WorkType;
import java.util.List;
import java.util.function.Function;

/** Affinities within cpusets. */
final class AffinityScenarios {
    private static final HoldSpec QUARTER = HoldSpec.frac(0.25);

    private AffinityScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(name, Group.AFFINITY, description, needs, builder);
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "affinityChange",
                        "The affinity of running workers goes from all CPUs to one each, to random ones, and back.",
                        Needs.cpus(2),
                        s -> Built.steps(
                                        Step.ops(QUARTER),
                                        Step.ops(QUARTER, Op.setAffinity("cg_0", Affinity.singleCpu())),
                                        Step.ops(QUARTER, Op.setAffinity("cg_0", Affinity.randomSubset())),
                                        Step.ops(QUARTER, Op.setAffinity("cg_0", Affinity.crossCgroup())))
                                .before(s.spinning("cg_0"), s.spinning("cg_1"))
                                .unequal()),
                of(
                        "affinityPinned",
                        "A worker per CPU, each pinned to its own.",
                        Needs.NOTHING,
                        s -> Built.defs(s.spinning("cg_0").workers(s.cpus()).affinity(Affinity.singleCpu()))),
                of(
                        "affinityStacked",
                        "All workers of a cgroup are pinned to one CPU, and the others are free.",
                        Needs.cpus(2),
                        s -> Built.defs(
                                        s.spinning("stacked")
                                                .workers(4)
                                                .affinity(Affinity.exact(
                                                        s.topology().cpus().first())),
                                        s.spinning("free"))
                                .unequal()),
                of(
                        "affinityRandom",
                        "Each worker has a random half of the CPUs.",
                        Needs.cpus(2),
                        s -> Built.defs(
                                        s.spinning("cg_0").workers(s.cpus()).affinity(Affinity.randomSubset()),
                                        s.spinning("cg_1"))
                                .unequal()),
                of(
                        "affinityLlcAligned",
                        "The workers of a cgroup are spread over the last-level caches, each held to one.",
                        Needs.llcs(2),
                        s -> Built.defs(s.spinning("cg_0").workers(s.cpus()).affinity(Affinity.llcAligned()))
                                .unequal()),
                of(
                        "affinityAcrossCpusets",
                        "Workers ask for every CPU from within a cpuset: the cpuset wins.",
                        Needs.cpus(2),
                        s -> Built.defs(
                                        s.spinning("cg_0")
                                                .cpuset(CpusetSpec.disjoint(0, 2))
                                                .affinity(Affinity.crossCgroup()),
                                        s.spinning("cg_1")
                                                .cpuset(CpusetSpec.disjoint(1, 2))
                                                .affinity(Affinity.crossCgroup()))
                                .isolated()),
                of(
                        "affinityChurn",
                        "Workers move themselves to another CPU of their cpuset all the time.",
                        Needs.cpus(2),
                        s -> Built.defs(
                                        s.doing("cg_0", WorkType.affinityChurn())
                                                .cpuset(CpusetSpec.range(0, 1)),
                                        s.spinning("cg_1"))
                                .unequal()),
                of(
                        "affinityFlap",
                        "Workers are pinned and freed, all the time.",
                        Needs.cpus(2),
                        s -> Built.steps(Step.ops(
                                        HoldSpec.loop(s.part(0.04)),
                                        Op.setAffinity("cg_0", Affinity.singleCpu()),
                                        Op.setAffinity("cg_0", Affinity.crossCgroup())))
                                .before(s.spinning("cg_0"), s.spinning("cg_1"))
                                .unequal()),
                of(
                        "affinityThenCpuset",
                        "Pinned workers lose their CPUs to a narrower cpuset, and get them back.",
                        Needs.cpus(2),
                        s -> Built.steps(
                                        Step.ops(QUARTER),
                                        Step.ops(HoldSpec.frac(0.5), Op.setCpuset("cg_0", CpusetSpec.disjoint(0, 2))),
                                        Step.ops(QUARTER, Op.clearCpuset("cg_0")))
                                .before(s.spinning("cg_0").workers(s.cpus()).affinity(Affinity.singleCpu()))
                                .isolated()
                                .unequal()),
                of(
                        "affinitySiblings",
                        "Two workers share a core, one on each thread, beside workers that may go anywhere.",
                        Needs.threads(),
                        s -> Built.defs(
                                        s.spinning("pair")
                                                .workers(2)
                                                .cpuset(CpusetSpec.exact(s.topology()
                                                        .siblings(s.topology()
                                                                .cpus()
                                                                .first())))
                                                .affinity(Affinity.singleCpu()),
                                        s.spinning("free"))
                                .unequal()));
    }
}
