package dev.ktstr.catalogue;

import dev.ktstr.Affinity;
import dev.ktstr.CgroupDef;
import dev.ktstr.CloneMode;
import dev.ktstr.CpusetSpec;
import dev.ktstr.MemPolicy;
import dev.ktstr.WorkType;
import java.util.List;
import java.util.function.Function;

/** Shapes whose speed and latency are worth comparing between schedulers, kernels and versions. */
final class PerformanceScenarios {
    private PerformanceScenarios() {}

    private static CatalogueScenario of(
            String name, String description, Needs needs, Function<Setting, Built> builder) {
        return new CatalogueScenario(
                name,
                Group.PERFORMANCE,
                description,
                needs,
                s -> builder.apply(s).unequal());
    }

    private static CgroupDef hogs(Setting s) {
        return s.spinning("hogs").workers(s.cpus());
    }

    static List<CatalogueScenario> all() {
        return List.of(
                of(
                        "pingPong",
                        "Pairs that wake each other by futex: wake-up latency with CPUs to spare.",
                        Needs.NOTHING,
                        s -> Built.defs(s.doing("cg_0", WorkType.futexPingPong()))),
                of(
                        "pingPongUnderLoad",
                        "The same pairs beside a spinning worker per CPU.",
                        Needs.NOTHING,
                        s -> Built.defs(s.doing("pairs", WorkType.futexPingPong()), hogs(s))),
                of(
                        "pingPongAcrossLlcs",
                        "Pairs whose partners are held to different last-level caches: what a wake-up across caches costs.",
                        Needs.llcs(2),
                        s -> Built.defs(CgroupDef.named("cg_0")
                                .workers(2)
                                .workType(WorkType.futexPingPong())
                                .affinity(Affinity.llcAligned()))),
                of(
                        "pingPongWithinLlc",
                        "A pair on one last-level cache, to compare with the pair across caches.",
                        Needs.llcs(2),
                        s -> Built.defs(CgroupDef.named("cg_0")
                                .workers(2)
                                .workType(WorkType.futexPingPong())
                                .cpuset(CpusetSpec.llc(0)))),
                of(
                        "fanOut",
                        "One messenger wakes as many receivers as there are CPUs, at most 64.",
                        Needs.cpus(2),
                        s -> Built.defs(fan(WorkType.futexFanOut(Math.min(64, s.cpus()))))),
                of(
                        "requestCompute",
                        "The shape of schbench: messengers, and workers that think and compute after each wake-up.",
                        Needs.cpus(2),
                        s -> Built.defs(s.doing("cg_0", WorkType.fanOutCompute()))),
                of(
                        "requestComputeUnderLoad",
                        "The same beside a spinning worker per CPU: what tail latency is left.",
                        Needs.cpus(2),
                        s -> Built.defs(s.doing("requests", WorkType.fanOutCompute()), hogs(s))),
                of(
                        "requestComputeThreads",
                        "The same as threads of one process.",
                        Needs.cpus(2),
                        s -> Built.defs(
                                s.doing("cg_0", WorkType.fanOutCompute()).cloneMode(CloneMode.THREAD))),
                of(
                        "pipeThroughput",
                        "Pairs over pipes, a worker per CPU.",
                        Needs.cpus(2),
                        s -> Built.defs(
                                s.doing("cg_0", WorkType.pipeIo()).workers(Setting.full(WorkType.pipeIo(), s.cpus())))),
                of(
                        "cachePipeLocality",
                        "Pairs that hand over a cache-sized buffer's worth of work: partners belong on one cache.",
                        Needs.llcs(2),
                        s -> Built.defs(s.doing("cg_0", WorkType.cachePipe()))),
                of(
                        "cachePressure",
                        "A worker per CPU walks a buffer that fits its first-level cache: each migration costs.",
                        Needs.NOTHING,
                        s -> Built.defs(
                                s.doing("cg_0", WorkType.cachePressure()).workers(s.cpus()))),
                of(
                        "cacheYield",
                        "Two workers per CPU walk a buffer and yield: who comes back finds the cache cold.",
                        Needs.NOTHING,
                        s -> Built.defs(s.doing("cg_0", WorkType.cacheYield()).workers(2 * s.cpus()))),
                of(
                        "lockThroughput",
                        "Four workers per mutex, held briefly.",
                        Needs.cpus(2),
                        s -> Built.defs(s.doing("cg_0", WorkType.mutexContention()))),
                of(
                        "numaLocal",
                        "Workers on one NUMA node with memory bound to it.",
                        Needs.nodes(2),
                        s -> Built.defs(s.doing("cg_0", WorkType.cachePressure(4096, 64))
                                .cpuset(CpusetSpec.numa(0))
                                .memPolicy(MemPolicy.bind(0)))),
                of(
                        "numaRemote",
                        "Workers on one NUMA node with memory bound to the other.",
                        Needs.nodes(2),
                        s -> Built.defs(s.doing("cg_0", WorkType.cachePressure(4096, 64))
                                .cpuset(CpusetSpec.numa(0))
                                .cpusetMems(1)
                                .memPolicy(MemPolicy.bind(1)))),
                of(
                        "numaInterleave",
                        "Workers anywhere with memory interleaved over two NUMA nodes.",
                        Needs.nodes(2),
                        s -> Built.defs(s.doing("cg_0", WorkType.cachePressure(4096, 64))
                                .memPolicy(MemPolicy.interleave(0, 1)))));
    }

    private static CgroupDef fan(WorkType type) {
        return CgroupDef.named("cg_0").workers(type.groupSize()).workType(type);
    }
}
