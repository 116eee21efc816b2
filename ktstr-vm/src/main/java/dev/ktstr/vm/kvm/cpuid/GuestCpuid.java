package dev.ktstr.vm.kvm.cpuid;

/**
 * Makes each guest CPU's CPUID from what KVM supports here and the machine that was asked for.
 *
 * <p>What stays the host's: vendor, family, model, and the features that KVM can give a guest. What is written: APIC ids,
 * threads, cores, packages, caches, and KVM's paravirtual features.
 */
public final class GuestCpuid {
    /**
     * Choices that are the machine's, not the host's.
     *
     * @param caches what caches to show
     * @param tscDeadlineTimer whether KVM offers it ({@code KVM_CAP_TSC_DEADLINE_TIMER}); older kernels do not list it
     *     among the supported leaves
     * @param performanceCounters whether the guest has a PMU; without, its NMI watchdog does not run
     * @param realtime whether vCPUs have host CPUs of their own ({@code KVM_HINTS_REALTIME}): the guest then spins where it
     *     would yield to a preempted vCPU
     */
    public record Options(CacheModel caches, boolean tscDeadlineTimer, boolean performanceCounters, boolean realtime) {
        /** The choices of an ordinary run. */
        public static final Options DEFAULT = new Options(CacheModel.DEFAULT, true, false, false);
    }

    private GuestCpuid() {}
}
