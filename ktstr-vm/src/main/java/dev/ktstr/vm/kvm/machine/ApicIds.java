package dev.ktstr.vm.kvm.machine;

import dev.ktstr.spec.CpuTopology;

/**
 * APIC ids: the one function from a CPU's number to its place in the machine. CPUID, MADT, SRAT and the vCPU ids given to
 * KVM all come from here.
 *
 * <p>An id is {@code llc | core | thread}, each field as wide as its largest value needs (Intel SDM volume 3A, 10.9.1
 * "Hierarchical Mapping of Shared Resources"; AMD APM volume 3, appendix E.4.7). A last-level cache is a package, so the
 * package number is the LLC's, over all nodes. Ids have gaps where a dimension is no power of two: 252 CPUs as 14 LLCs of
 * 18 cores end at 433.
 *
 * @param topology whose CPUs are numbered
 */
public record ApicIds(CpuTopology topology) {
    /** The largest id that an 8-bit APIC can have; 255 is its broadcast (Intel SDM volume 3A, 11.12.9). */
    public static final int MAX_XAPIC = 254;

    /** The APIC id of a CPU, which is also its KVM vCPU id. */
    public int of(int cpu) {
        int thread = cpu % topology.threadsPerCore();
        int core = cpu / topology.threadsPerCore() % topology.coresPerLlc();
        return llcOf(cpu) << packageShift() | core << coreShift() | thread;
    }

    /** The LLC that a CPU belongs to, counted over all nodes. */
    public int llcOf(int cpu) {
        return cpu / topology.cpusPerLlc();
    }

    /** The NUMA node that a CPU belongs to. */
    public int nodeOf(int cpu) {
        return llcOf(cpu) / topology.llcsPerNode();
    }

    /** Bits of an id below the core's number. */
    public int coreShift() {
        return bitsFor(topology.threadsPerCore());
    }

    /** Bits of an id below the package's number. */
    public int packageShift() {
        return coreShift() + bitsFor(topology.coresPerLlc());
    }

    /** The largest id in use. */
    public int max() {
        return of(topology.cpus() - 1);
    }

    /** Whether some id does not fit an 8-bit APIC, so that the guest must switch to x2APIC mode. */
    public boolean needX2apic() {
        return max() > MAX_XAPIC;
    }

    /** Width of a field that holds 0 to {@code count - 1}. */
    static int bitsFor(int count) {
        return 32 - Integer.numberOfLeadingZeros(count - 1);
    }
}
