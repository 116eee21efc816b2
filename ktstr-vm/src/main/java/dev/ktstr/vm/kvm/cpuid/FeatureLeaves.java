package dev.ktstr.vm.kvm.cpuid;

import dev.ktstr.vm.kvm.cpuid.GuestCpuid.Options;
import dev.ktstr.vm.kvm.machine.ApicIds;

/** The leaves of feature bits: what KVM supports, with what depends on the topology and the machine's choices. */
final class FeatureLeaves {
    private static final int ECX_DTES64 = 1 << 2;
    private static final int ECX_MONITOR = 1 << 3;
    private static final int ECX_DS_CPL = 1 << 4;
    private static final int ECX_VMX = 1 << 5;
    private static final int ECX_SMX = 1 << 6;
    private static final int ECX_SPEEDSTEP = 1 << 7;
    private static final int ECX_TM2 = 1 << 8;
    private static final int ECX_PDCM = 1 << 15;
    private static final int ECX_X2APIC = 1 << 21;
    private static final int ECX_TSC_DEADLINE = 1 << 24;
    private static final int ECX_OSXSAVE = 1 << 27;
    private static final int ECX_HYPERVISOR = 1 << 31;

    /** Of the host's hardware, not of a guest's; OSXSAVE is KVM's to set when the guest does. */
    private static final int ECX_NEVER =
            ECX_DTES64 | ECX_MONITOR | ECX_DS_CPL | ECX_VMX | ECX_SMX | ECX_SPEEDSTEP | ECX_TM2 | ECX_OSXSAVE;

    private static final int EDX_HTT = 1 << 28;
    private static final int CLFLUSH_64_BYTES = 8 << 8;

    private static final int AMD_CMP_LEGACY = 1 << 1;
    private static final int AMD_SVM = 1 << 2;
    private static final int AMD_EXTENDED_APIC = 1 << 3;
    private static final int AMD_TOPOEXT = 1 << 22;
    private static final int AMD_PERFCTR = 1 << 23 | 1 << 24 | 1 << 28;

    private static final int FAMILY_MODEL = 0x0fff0ff0;
    private static final int ZEN_FAMILY = 0x17;
    private static final int LAST_FIXED_CCX_MODEL = 0x1f;

    /** Family 0x17, model 0x20: of the first Zen generation like those before it. */
    private static final int ZEN_MODEL_20 = 0x00820f00;

    private static final int ASYNC_PF = 1 << 4 | 1 << 10 | 1 << 14;
    private static final int EXTENDED_DESTINATION = 1 << 15;
    private static final int MIGRATION = 1 << 16 | 1 << 17;
    private static final int HINT_REALTIME = 1;

    private FeatureLeaves() {}

    /** Leaf 1, but for the APIC id. */
    static CpuidEntry basic(CpuidEntry host, Vendor vendor, ApicIds ids, Options options) {
        int possible = vendor.amdLike() ? ids.topology().cpusPerLlc() : 1 << ids.packageShift();
        int ecx = (host.ecx() & ~ECX_NEVER) | ECX_HYPERVISOR | ECX_X2APIC;
        if (options.tscDeadlineTimer()) {
            ecx |= ECX_TSC_DEADLINE;
        }
        if (!options.performanceCounters()) {
            ecx &= ~ECX_PDCM;
        }
        return host.with(
                signature(host.eax(), vendor),
                Math.min(possible, 0xff) << 16 | CLFLUSH_64_BYTES,
                ecx,
                manyCpus(ids) ? host.edx() | EDX_HTT : host.edx() & ~EDX_HTT);
    }

    /** Leaf 0x80000001. */
    static CpuidEntry extended(CpuidEntry host, Vendor vendor, ApicIds ids, Options options) {
        if (!vendor.amdLike()) {
            return host;
        }
        int ecx = (host.ecx() & ~(AMD_SVM | AMD_EXTENDED_APIC | AMD_CMP_LEGACY)) | AMD_TOPOEXT;
        if (manyCpus(ids)) {
            ecx |= AMD_CMP_LEGACY;
        }
        if (!options.performanceCounters()) {
            ecx &= ~AMD_PERFCTR;
        }
        return host.with(signature(host.eax(), vendor), host.ebx(), ecx, host.edx());
    }

    /**
     * Leaf 0x40000001: KVM's features. Asynchronous page faults are left out, since guest memory is not swapped, and those
     * of migration. Ids above 254 get interrupts only with the extended destination.
     */
    static CpuidEntry paravirtual(CpuidEntry host, ApicIds ids, Options options) {
        int features = host.eax() & ~(ASYNC_PF | MIGRATION);
        if (ids.needX2apic()) {
            features |= EXTENDED_DESTINATION;
        }
        return host.with(features, 0, 0, options.realtime() ? HINT_REALTIME : 0);
    }

    /**
     * Family and model. On Zen up to model 0x1F and on Hygon, Linux takes an LLC to be eight ids, whatever the cache leaves
     * say ({@code cacheinfo_amd_init_llc_id} and {@code cacheinfo_hygon_init_llc_id} in
     * {@code arch/x86/kernel/cpu/cacheinfo.c}); these are shown as the next model, where it reads the leaves.
     */
    private static int signature(int eax, Vendor vendor) {
        int family = (eax >>> 8 & 0xf) + (eax >>> 20 & 0xff);
        int model = (eax >>> 4 & 0xf) | (eax >>> 16 & 0xf) << 4;
        boolean fixed = vendor == Vendor.HYGON
                || (vendor == Vendor.AMD && family == ZEN_FAMILY && model <= LAST_FIXED_CCX_MODEL);
        return fixed ? (eax & ~FAMILY_MODEL) | ZEN_MODEL_20 : eax;
    }

    private static boolean manyCpus(ApicIds ids) {
        return ids.topology().cpusPerLlc() > 1;
    }
}
