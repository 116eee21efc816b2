package dev.ktstr.vm;

import dev.ktstr.spec.CpuTopology;
import java.util.Optional;

/** A way to run virtual machines on this host. */
public interface Backend {
    /** The name printed in results and taken by {@code -Dktstr.backend}: {@code kvm} or {@code qemu}. */
    String name();

    /** Tells whether this backend can run guests here, and if not, why and what to do. Cheap after the first call. */
    Availability availability();

    /**
     * Starts a guest; returns as soon as it runs, before its kernel is up.
     *
     * @throws VmException when the guest could not be started; nothing is left behind then
     */
    VirtualMachine start(VmSpec spec);

    /** How many of the host's CPUs such a guest keeps busy at most. */
    default int hostCpus(CpuTopology topology) {
        return Math.min(topology.cpus(), Runtime.getRuntime().availableProcessors());
    }

    /** How this backend saves guests and starts forks of them, or empty where it cannot. */
    default Optional<Forking> forking() {
        return Optional.empty();
    }

    /**
     * What a probe found.
     *
     * @param usable whether guests can be run
     * @param detail one line: what was found (versions, acceleration), or what is missing and the cure
     */
    record Availability(boolean usable, String detail) {}
}
