package dev.ktstr.run;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.host.HostMemory;
import dev.ktstr.vm.kvm.KvmProbe;
import java.util.Optional;

/**
 * What this host can give to guests.
 *
 * @param cpus CPUs that this process may use
 * @param memory RAM that it may still take, and what says so
 * @param accelerated whether guests run on the CPU itself, not emulated
 */
public record Host(int cpus, HostMemory memory, boolean accelerated) {
    private static final int OVERCOMMIT_ACCELERATED = 2;
    private static final int OVERCOMMIT_EMULATED = 8;

    /** This host, now. */
    public static Host here() {
        return new Host(
                Runtime.getRuntime().availableProcessors(),
                HostMemory.available(),
                KvmProbe.probe().usable());
    }

    /**
     * Says why this host cannot run a guest of that size, before anything boots.
     *
     * @return empty when it can
     * @throws RunException when {@code ktstr.maxOvercommit} is no number above zero
     */
    public Optional<String> refuses(CpuTopology topology, int guestMb, Options options) {
        int overcommit =
                options.positive("maxOvercommit").orElse(accelerated ? OVERCOMMIT_ACCELERATED : OVERCOMMIT_EMULATED);
        long most = (long) overcommit * cpus;
        if (topology.cpus() > most) {
            return Optional.of("needs " + topology.cpus() + " vCPUs, and this host's " + cpus + " CPUs take at most "
                    + most
                    + " (" + overcommit + " per CPU, " + (accelerated ? "with KVM" : "emulated")
                    + "). -Dktstr.maxOvercommit=" + (topology.cpus() + cpus - 1) / cpus + " runs it all the same");
        }
        if (guestMb > memory.mb()) {
            return Optional.of("needs " + guestMb + " MiB of RAM, and this host has " + memory.mb() + " MiB left ("
                    + memory.limit() + ")");
        }
        return Optional.empty();
    }
}
