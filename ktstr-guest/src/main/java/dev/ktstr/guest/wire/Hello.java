package dev.ktstr.guest.wire;

import java.util.List;

/**
 * The agent's first words. The hash comes first on the wire, so a mismatch is seen before anything else is decoded.
 *
 * @param protocolHash the agent's {@link Wire#PROTOCOL_HASH}
 * @param agentVersion version of the agent
 * @param kernelRelease {@code uname -r}
 * @param bootNs {@code CLOCK_MONOTONIC} when this was sent: the time since the kernel's clock started
 * @param spinNsPerUnit calibration: nanoseconds that 1024 turns of the spin loop took
 * @param schedExt whether {@code /sys/kernel/sched_ext} exists
 * @param cpus online CPUs, in order
 * @param nodes online NUMA nodes, in order
 */
public record Hello(
        long protocolHash,
        String agentVersion,
        String kernelRelease,
        long bootNs,
        long spinNsPerUnit,
        boolean schedExt,
        List<CpuReport> cpus,
        List<NodeReport> nodes) {
    public Hello {
        cpus = List.copyOf(cpus);
        nodes = List.copyOf(nodes);
    }
}
