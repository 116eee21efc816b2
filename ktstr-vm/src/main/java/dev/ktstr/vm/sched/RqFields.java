package dev.ktstr.vm.sched;

import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.util.Optional;
import java.util.OptionalLong;

/** Offsets in {@code struct rq} of one kernel; -1 for what it does not have. */
final class RqFields {
    final int cpu;
    final int idle;
    final int curr;
    final int nrRunning;
    final int nrSwitches;
    final int clock;
    private final int scxNrRunning;
    private final int scxLocalDsq;
    private final int scxFlags;
    private final int[] schedstat;
    private final int cpuTime;
    private final int runDelay;
    private final int pcount;

    RqFields(KernelStructs structs) {
        cpu = must(structs, "cpu");
        idle = must(structs, "idle");
        curr = must(structs, "curr");
        nrRunning = must(structs, "nr_running");
        nrSwitches = must(structs, "nr_switches");
        clock = must(structs, "clock");
        scxNrRunning = may(structs, "scx.nr_running");
        scxLocalDsq = may(structs, "scx.local_dsq.nr");
        scxFlags = may(structs, "scx.flags");
        schedstat = new int[] {
            may(structs, "yld_count"),
            may(structs, "sched_count"),
            may(structs, "sched_goidle"),
            may(structs, "ttwu_count"),
            may(structs, "ttwu_local")
        };
        cpuTime = may(structs, "rq_cpu_time");
        runDelay = may(structs, "rq_sched_info.run_delay");
        pcount = may(structs, "rq_sched_info.pcount");
    }

    private static int must(KernelStructs structs, String path) {
        return structs.field("rq", path).offset();
    }

    private static int may(KernelStructs structs, String path) {
        return structs.find("rq", path).map(BtfField::offset).orElse(-1);
    }

    Optional<RunqueueSample.Scx> scx(KernelMemory memory, long rq) {
        if (scxNrRunning < 0 || scxLocalDsq < 0 || scxFlags < 0) {
            return Optional.empty();
        }
        return Optional.of(new RunqueueSample.Scx(
                memory.readInt(rq + scxNrRunning), memory.readInt(rq + scxLocalDsq), memory.readInt(rq + scxFlags)));
    }

    Optional<RunqueueSample.Schedstat> schedstat(KernelMemory memory, long rq) {
        if (cpuTime < 0 || runDelay < 0 || schedstat[0] < 0 || schedstat[4] < 0) {
            return Optional.empty();
        }
        return Optional.of(new RunqueueSample.Schedstat(
                count(memory, rq, 0),
                count(memory, rq, 1),
                count(memory, rq, 2),
                count(memory, rq, 3),
                count(memory, rq, 4),
                memory.readLong(rq + cpuTime),
                memory.readLong(rq + runDelay),
                pcount < 0 ? OptionalLong.empty() : OptionalLong.of(memory.readLong(rq + pcount))));
    }

    private long count(KernelMemory memory, long rq, int i) {
        return Integer.toUnsignedLong(memory.readInt(rq + schedstat[i]));
    }
}
