package dev.ktstr.vm.kvm;

import java.util.Map;

/**
 * What a vCPU has cost and done so far.
 *
 * @param cpu its number
 * @param cpuTimeNs time its thread ran on a host CPU, guest time included
 * @param runDelayNs time its thread waited for a host CPU: what the guest sees as steal
 * @param userExits exits that this process handled
 * @param kvm KVM's own counters by name ({@code exits}, {@code halt_exits}, {@code halt_poll_success_ns}, …); empty where
 *     the host's kernel has none (older than 5.14)
 */
public record VcpuUsage(int cpu, long cpuTimeNs, long runDelayNs, long userExits, Map<String, Long> kvm) {
    public VcpuUsage {
        kvm = Map.copyOf(kvm);
    }
}
