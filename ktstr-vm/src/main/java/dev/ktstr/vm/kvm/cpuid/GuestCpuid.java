package dev.ktstr.vm.kvm.cpuid;

import dev.ktstr.vm.kvm.machine.ApicIds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes each guest CPU's CPUID from what KVM supports here and the machine that was asked for.
 *
 * <p>What stays the host's: vendor, family, model, and the features that KVM can give a guest. What is written: APIC ids,
 * threads, cores, packages, caches, and KVM's paravirtual features. What is taken away: nested virtualization, MWAIT, and
 * what tells of the host's own topology.
 *
 * <p>Sources: Intel SDM volume 2A, "CPUID"; AMD APM volume 3, appendix E; Documentation/virt/kvm/x86/cpuid.rst.
 */
public final class GuestCpuid {
    /**
     * Choices that are the machine's, not the host's.
     *
     * @param caches what caches to show
     * @param tscDeadlineTimer whether KVM offers it ({@code KVM_CAP_TSC_DEADLINE_TIMER}); older kernels do not list it
     *     among the supported leaves
     * @param performanceCounters whether the guest has a PMU; without, its NMI watchdog does not run. AMD guests find the
     *     oldest counters all the same, unless the VM has them disabled ({@code KVM_CAP_PMU_CAPABILITY})
     * @param realtime whether vCPUs have host CPUs of their own ({@code KVM_HINTS_REALTIME}): the guest then spins where it
     *     would yield to a preempted vCPU
     */
    public record Options(CacheModel caches, boolean tscDeadlineTimer, boolean performanceCounters, boolean realtime) {
        /** The choices of an ordinary run. */
        public static final Options DEFAULT = new Options(CacheModel.DEFAULT, true, false, false);
    }

    private static final int TOPOLOGY_LEAF = 0xb;
    private static final int TOPOLOGY_LEAF_V2 = 0x1f;
    private static final int EXTENDED = 0x80000000;
    private static final int LAST_AMD_TOPOLOGY = 0x8000001e;
    private static final int LAST_INTEL = 0x80000008;

    /** 48 bits of linear and 40 of physical addresses, should KVM not say. */
    private static final int ADDRESS_BITS = 0x3028;

    private final List<CpuidEntry> supported;
    private final ApicIds ids;
    private final Options options;
    private final Vendor vendor;
    private final List<CpuidEntry> common;

    /**
     * Prepares the leaves that all CPUs share.
     *
     * @param supported what {@code KVM_GET_SUPPORTED_CPUID} said
     * @param ids the guest's CPUs
     * @throws IllegalArgumentException when there is no leaf 0 among those supported
     */
    public GuestCpuid(List<CpuidEntry> supported, ApicIds ids, Options options) {
        this.supported = List.copyOf(supported);
        this.ids = ids;
        this.options = options;
        CpuidEntry leaf0 = find(0).orElseThrow(() ->
                new IllegalArgumentException("KVM's supported CPUID of " + supported.size() + " entries lacks leaf 0"));
        vendor = Vendor.of(leaf0);
        common = common(leaf0);
    }

    /**
     * Makes the leaves of one CPU, in ascending order.
     *
     * @param cpu its number, from 0
     */
    public List<CpuidEntry> of(int cpu) {
        int id = ids.of(cpu);
        List<CpuidEntry> leaves = new ArrayList<>(common.size() + 8);
        for (CpuidEntry e : common) {
            leaves.add(e.function() == 1 ? e.with(e.eax(), e.ebx() | id << 24, e.ecx(), e.edx()) : e);
        }
        leaves.addAll(topology(TOPOLOGY_LEAF, id));
        if (vendor.amdLike()) {
            leaves.add(TopologyLeaves.amdProcessor(ids, cpu));
        } else if (maxBasic() >= TOPOLOGY_LEAF_V2) {
            leaves.addAll(topology(TOPOLOGY_LEAF_V2, id));
        }
        leaves.sort(Comparator.comparing(CpuidEntry::function, Integer::compareUnsigned)
                .thenComparing(CpuidEntry::index, Integer::compareUnsigned));
        return leaves;
    }

    private List<CpuidEntry> topology(int function, int id) {
        return TopologyLeaves.extended(function, ids, id);
    }

    private List<CpuidEntry> common(CpuidEntry leaf0) {
        List<CpuidEntry> leaves = new ArrayList<>();
        leaves.add(named(leaf0, maxBasic()));
        leaves.add(named(orEmpty(EXTENDED), maxExtended()));
        leaves.add(FeatureLeaves.basic(orEmpty(1), vendor, ids, options));
        leaves.add(FeatureLeaves.extended(orEmpty(0x80000001), vendor, ids, options));
        leaves.addAll(
                vendor.amdLike() ? CacheLeaves.amd(options.caches(), ids) : CacheLeaves.intel(options.caches(), ids));
        leaves.addAll(legacyCaches());
        leaves.add(addressSizes());
        find(0x40000001).ifPresent(e -> {
            find(0x40000000).ifPresent(leaves::add);
            leaves.add(FeatureLeaves.paravirtual(e, ids, options));
        });
        for (CpuidEntry e : supported) {
            if (passes(e.function())) {
                leaves.add(e);
            }
        }
        return leaves;
    }

    /** Leaves 0 and 0x80000000: the largest leaf, and the vendor's name. A Hygon CPU is shown as the AMD CPU it is. */
    private CpuidEntry named(CpuidEntry e, int largest) {
        if (vendor == Vendor.HYGON) {
            return e.with(largest, Vendor.AMD_EBX, Vendor.AMD_ECX, Vendor.AMD_EDX);
        }
        return e.with(largest, e.ebx(), e.ecx(), e.edx());
    }

    private List<CpuidEntry> legacyCaches() {
        CacheModel caches = options.caches();
        CpuidEntry tlb = orEmpty(0x80000005);
        CpuidEntry l2 = orEmpty(0x80000006);
        if (vendor.amdLike()) {
            return List.of(
                    tlb.with(
                            tlb.eax(),
                            tlb.ebx(),
                            CacheLeaves.amdL1(caches.l1Data()),
                            CacheLeaves.amdL1(caches.l1Instruction())),
                    l2.with(l2.eax(), l2.ebx(), CacheLeaves.l2(caches.l2()), CacheLeaves.amdL3(caches.l3())));
        }
        // Leaf 2: one valid line, whose descriptor 0xff says "see leaf 4".
        return List.of(
                orEmpty(2).with(0x00ff0001, 0, 0, 0),
                tlb.with(0, 0, 0, 0),
                l2.with(0, 0, CacheLeaves.l2(caches.l2()), 0));
    }

    private CpuidEntry addressSizes() {
        CpuidEntry e = orEmpty(0x80000008);
        int eax = e.eax() == 0 ? ADDRESS_BITS : e.eax();
        return e.with(eax, e.ebx(), vendor.amdLike() ? TopologyLeaves.amdSizes(ids) : 0, e.edx());
    }

    /** Whether a leaf that is not written here goes to the guest as KVM supports it. */
    private boolean passes(int function) {
        return switch (function) {
            // Written above.
            case 0, 1, EXTENDED, 0x80000001, 0x80000005, 0x80000006, 0x80000008 -> false;
            // Caches and topology of the host: sizes, MWAIT, core types, AMD's newer topology.
            case 2, 4, 5, TOPOLOGY_LEAF, 0x1a, TOPOLOGY_LEAF_V2, 0x8000001d, LAST_AMD_TOPOLOGY, 0x80000026 -> false;
            // Nested virtualization.
            case 0x8000000a -> false;
            case 0xa, 0x80000022 -> options.performanceCounters();
            default -> function >>> 24 != 0x40;
        };
    }

    private int maxBasic() {
        return Math.max(orEmpty(0).eax(), TOPOLOGY_LEAF);
    }

    private int maxExtended() {
        int least = vendor.amdLike() ? LAST_AMD_TOPOLOGY : LAST_INTEL;
        int host = orEmpty(EXTENDED).eax();
        return Integer.compareUnsigned(host, least) > 0 ? host : least;
    }

    private Optional<CpuidEntry> find(int function) {
        return supported.stream()
                .filter(e -> e.function() == function && e.index() == 0)
                .findFirst();
    }

    private CpuidEntry orEmpty(int function) {
        return find(function).orElse(new CpuidEntry(function, 0, 0, 0, 0, 0, 0));
    }
}
