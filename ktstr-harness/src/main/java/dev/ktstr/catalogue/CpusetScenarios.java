package dev.ktstr.catalogue;

import dev.ktstr.CgroupDef;
import dev.ktstr.CpusetSpec;
import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.Step;
import java.util.List;
import java.util.function.Function;

/** Cpusets that are set, cleared, resized and swapped under running work. */
final class CpusetScenarios {
    private static final HoldSpec HALF = HoldSpec.frac(0.5);
    private static final HoldSpec QUARTER = HoldSpec.frac(0.25);

    private CpusetScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(
                name, Group.CPUSET, description, needs, s -> builder.apply(s).isolated());
    }

    private static CgroupDef half(Setting s, int index) {
        return s.spinning("cg_" + index).cpuset(CpusetSpec.disjoint(index, 2));
    }

    private static Op range(double from, double to) {
        return Op.setCpuset("cg_0", CpusetSpec.range(from, to));
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "cpusetApply",
                        "Two cgroups run everywhere; halfway each is confined to its half of the CPUs.",
                        Needs.cpus(2),
                        s -> Built.steps(
                                        Step.ops(HALF),
                                        Step.ops(
                                                HALF,
                                                Op.setCpuset("cg_0", CpusetSpec.disjoint(0, 2)),
                                                Op.setCpuset("cg_1", CpusetSpec.disjoint(1, 2))))
                                .before(s.spinning("cg_0"), s.spinning("cg_1"))),
                of(
                        "cpusetClear",
                        "Two cgroups are confined to halves of the CPUs; halfway they get all.",
                        Needs.cpus(2),
                        s -> Built.steps(Step.ops(HALF), Step.ops(HALF, Op.clearCpuset("cg_0"), Op.clearCpuset("cg_1")))
                                .before(half(s, 0), half(s, 1))),
                of(
                        "cpusetResize",
                        "A cgroup has half of the CPUs, then a quarter, then three quarters, beside one that is free.",
                        Needs.cpus(4),
                        s -> Built.steps(
                                        Step.ops(QUARTER),
                                        Step.ops(QUARTER, range(0, 0.25)),
                                        Step.ops(HALF, range(0, 0.75)))
                                .before(s.spinning("cg_0").cpuset(CpusetSpec.range(0, 0.5)), s.spinning("cg_1"))),
                of(
                        "cpusetSwap",
                        "Two cgroups on halves of the CPUs change places twice.",
                        Needs.cpus(2),
                        s -> Built.steps(
                                        Step.ops(HoldSpec.frac(0.4)),
                                        Step.ops(HoldSpec.frac(0.3), Op.swapCpusets("cg_0", "cg_1")),
                                        Step.ops(HoldSpec.frac(0.3), Op.swapCpusets("cg_0", "cg_1")))
                                .before(half(s, 0), half(s, 1))),
                of(
                        "cpusetSwapFlap",
                        "Two cgroups on halves of the CPUs change places twenty times.",
                        Needs.cpus(2),
                        s -> Built.steps(Step.ops(HoldSpec.loop(s.part(0.05)), Op.swapCpusets("cg_0", "cg_1")))
                                .before(half(s, 0), half(s, 1))),
                of(
                        "cpusetFlap",
                        "A cgroup is confined to half of the CPUs and freed again, all the time.",
                        Needs.cpus(2),
                        s -> Built.steps(Step.ops(
                                        HoldSpec.loop(s.part(0.04)),
                                        Op.setCpuset("cg_0", CpusetSpec.disjoint(0, 2)),
                                        Op.clearCpuset("cg_0")))
                                .before(s.spinning("cg_0"), s.spinning("cg_1"))),
                of(
                        "cpusetOverlap",
                        "Two cgroups share a part of their CPUs.",
                        Needs.cpus(4),
                        s -> Built.defs(
                                s.spinning("cg_0").cpuset(CpusetSpec.overlap(0, 2, 0.5)),
                                s.spinning("cg_1").cpuset(CpusetSpec.overlap(1, 2, 0.5)))),
                of(
                        "cpusetCascade",
                        "A cgroup is narrowed from all CPUs to a half and to a quarter, and freed.",
                        Needs.cpus(4),
                        s -> Built.steps(
                                        Step.ops(QUARTER),
                                        Step.ops(QUARTER, range(0, 0.5)),
                                        Step.ops(QUARTER, range(0, 0.25)),
                                        Step.ops(QUARTER, Op.clearCpuset("cg_0")))
                                .before(s.spinning("cg_0"))),
                of(
                        "cpusetCrowded",
                        "A cgroup has one CPU for four times its workers, beside one that has all the others.",
                        Needs.cpus(2),
                        s -> Built.defs(
                                s.spinning("crowded").workers(4 * s.workers()).cpuset(CpusetSpec.exact(first(s))),
                                s.spinning("roomy").cpuset(CpusetSpec.exact(others(s))))),
                of(
                        "cpusetLlcHop",
                        "A cgroup moves from one last-level cache to the next, four times.",
                        Needs.llcs(2),
                        s -> Built.steps(Step.ops(QUARTER), hop(s, 1), hop(s, 2), hop(s, 3))
                                .before(s.spinning("cg_0").cpuset(CpusetSpec.llc(0)))),
                of(
                        "cpusetSplitLlc",
                        "Two cgroups share a last-level cache, each with half of its CPUs.",
                        Needs.cpus(4),
                        CpusetScenarios::splitLlc),
                of(
                        "cpusetNuma",
                        "Two cgroups, each on the CPUs and the memory of a NUMA node.",
                        Needs.nodes(2),
                        s -> Built.defs(onNode(s, 0), onNode(s, 1))),
                of(
                        "cpusetNumaHop",
                        "A cgroup with memory in use moves from one NUMA node to the other.",
                        Needs.nodes(2),
                        s -> Built.steps(Step.ops(HALF), Step.ops(HALF, Op.setCpuset("cg_0", CpusetSpec.numa(1))))
                                .before(s.doing("cg_0", dev.ktstr.WorkType.cachePressure(1024, 64))
                                        .cpuset(CpusetSpec.numa(0)))));
    }

    private static Step hop(Setting s, int hop) {
        return Step.ops(
                QUARTER,
                Op.setCpuset("cg_0", CpusetSpec.llc(hop % s.topology().llcs().size())));
    }

    private static int first(Setting s) {
        return s.topology().cpus().first();
    }

    private static List<Integer> others(Setting s) {
        return s.topology().cpus().stream().skip(1).toList();
    }

    private static CgroupDef onNode(Setting s, int node) {
        return s.spinning("node_" + node).cpuset(CpusetSpec.numa(node)).cpusetMems(node);
    }

    /** On the first cache of two CPUs or more; where caches have one CPU each there is nothing to split, and one is shared. */
    private static Built splitLlc(Setting s) {
        List<Integer> cpus = s.topology().llcs().stream()
                .map(llc -> llc.cpus())
                .filter(of -> of.size() > 1)
                .findFirst()
                .orElse(s.topology().llcs().get(0).cpus());
        int middle = Math.max(1, cpus.size() / 2);
        return Built.defs(
                s.spinning("low").cpuset(CpusetSpec.exact(cpus.subList(0, middle))),
                s.spinning("high")
                        .cpuset(CpusetSpec.exact(middle < cpus.size() ? cpus.subList(middle, cpus.size()) : cpus)));
    }
}
