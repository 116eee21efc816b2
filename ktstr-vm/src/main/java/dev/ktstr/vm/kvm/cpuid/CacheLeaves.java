package dev.ktstr.vm.kvm.cpuid;

import dev.ktstr.vm.kvm.cpuid.CacheModel.Cache;
import dev.ktstr.vm.kvm.machine.ApicIds;
import java.util.List;

/**
 * The leaves that describe caches. L1 and L2 belong to a core, L3 to a package, which is the LLC.
 *
 * <p>A cache is shared by all ids that agree above some bit, so the number of sharers that is told is that of possible
 * ids, a power of two. Linux's {@code __cache_amd_cpumap_setup} ({@code arch/x86/kernel/cpu/cacheinfo.c}) takes the id
 * modulo that number, which for AMD too is right only so.
 */
final class CacheLeaves {
    private static final int DATA = 1;
    private static final int INSTRUCTION = 2;
    private static final int UNIFIED = 3;
    private static final int SELF_INITIALIZING = 1 << 8;
    private static final int MOST_SHARERS = 1 << 12;
    private static final int MOST_CORES = 1 << 6;
    private static final int L3_UNIT = 512 << 10;

    private CacheLeaves() {}

    /** Leaf 4: deterministic cache parameters (Intel SDM volume 2A, CPUID, table 3-8). */
    static List<CpuidEntry> intel(CacheModel caches, ApicIds ids) {
        int cores = Math.min(1 << (ids.packageShift() - ids.coreShift()), MOST_CORES);
        return leaves(4, caches, ids, (cores - 1) << 26);
    }

    /** Leaf 0x8000001D: cache topology (AMD APM volume 3, E.4.15). */
    static List<CpuidEntry> amd(CacheModel caches, ApicIds ids) {
        return leaves(0x8000001d, caches, ids, 0);
    }

    private static List<CpuidEntry> leaves(int function, CacheModel caches, ApicIds ids, int eax) {
        int core = ids.coreShift();
        int llc = ids.packageShift();
        return List.of(
                leaf(function, 0, eax, DATA, 1, caches.l1Data(), core),
                leaf(function, 1, eax, INSTRUCTION, 1, caches.l1Instruction(), core),
                leaf(function, 2, eax, UNIFIED, 2, caches.l2(), core),
                leaf(function, 3, eax, UNIFIED, 3, caches.l3(), llc),
                new CpuidEntry(function, 4, CpuidEntry.SIGNIFICANT_INDEX, 0, 0, 0, 0));
    }

    private static CpuidEntry leaf(int function, int index, int eax, int type, int level, Cache cache, int shift) {
        int sharers = Math.min(1 << shift, MOST_SHARERS);
        return new CpuidEntry(
                function,
                index,
                CpuidEntry.SIGNIFICANT_INDEX,
                eax | (sharers - 1) << 14 | SELF_INITIALIZING | level << 5 | type,
                (cache.ways() - 1) << 22 | CacheModel.LINE_BYTES - 1,
                cache.sets() - 1,
                0);
    }

    /** Leaf 0x80000005, ECX and EDX: L1 caches (AMD APM volume 3, E.4.4). */
    static int amdL1(Cache cache) {
        return cache.sizeBytes() >> 10 << 24 | cache.ways() << 16 | 1 << 8 | CacheModel.LINE_BYTES;
    }

    /** Leaf 0x80000006, ECX: L2 cache; Intel has it too (AMD APM volume 3, E.4.5). */
    static int l2(Cache cache) {
        return cache.sizeBytes() >> 10 << 16 | waysCode(cache) << 12 | 1 << 8 | CacheModel.LINE_BYTES;
    }

    /** Leaf 0x80000006, EDX: L3 cache in units of 512 KiB (AMD APM volume 3, E.4.5). */
    static int amdL3(Cache cache) {
        return (cache.sizeBytes() / L3_UNIT) << 18 | waysCode(cache) << 12 | 1 << 8 | CacheModel.LINE_BYTES;
    }

    private static int waysCode(Cache cache) {
        return switch (cache.ways()) {
            case 8 -> 6;
            case 16 -> 8;
            default -> cache.ways();
        };
    }
}
