package dev.ktstr.vm.kvm.cpuid;

import dev.ktstr.vm.kvm.machine.ApicIds;
import java.util.List;

/** The leaves that tell a CPU where it is. */
final class TopologyLeaves {
    private static final int LEVEL_THREAD = 1;
    private static final int LEVEL_CORE = 2;

    private TopologyLeaves() {}

    /**
     * Leaf 0xB, and 0x1F, which has the same form (Intel SDM volume 2A, CPUID; AMD APM volume 3, E.3.8): for threads and for
     * cores, how far to shift the id right to get the next level's number, and how many CPUs there are.
     *
     * @param id the x2APIC id of the CPU that asks
     */
    static List<CpuidEntry> extended(int function, ApicIds ids, int id) {
        return List.of(
                level(function, 0, ids.coreShift(), ids.topology().threadsPerCore(), LEVEL_THREAD, id),
                level(function, 1, ids.packageShift(), ids.topology().cpusPerLlc(), LEVEL_CORE, id),
                level(function, 2, 0, 0, 0, id));
    }

    private static CpuidEntry level(int function, int index, int shift, int cpus, int type, int id) {
        return new CpuidEntry(
                function, index, CpuidEntry.SIGNIFICANT_INDEX, shift, cpus & 0xffff, type << 8 | index, id);
    }

    /** Leaf 0x80000008, ECX: CPUs of the package less one, and the width of an id in it (AMD APM volume 3, E.4.7). */
    static int amdSizes(ApicIds ids) {
        return ids.packageShift() << 12 | Math.min(ids.topology().cpusPerLlc() - 1, 0xff);
    }

    /**
     * Leaf 0x8000001E: id, core within the package, node (AMD APM volume 3, E.4.16). Before family 0x17 Linux takes the
     * node's number for the LLC's ({@code cacheinfo_amd_init_llc_id}), so it is the package's.
     */
    static CpuidEntry amdProcessor(ApicIds ids, int cpu) {
        int id = ids.of(cpu);
        int threads = ids.topology().threadsPerCore();
        int core = cpu / threads % ids.topology().coresPerLlc();
        return new CpuidEntry(0x8000001e, 0, 0, id, (threads - 1) << 8 | (core & 0xff), ids.llcOf(cpu) & 0xff, 0);
    }
}
