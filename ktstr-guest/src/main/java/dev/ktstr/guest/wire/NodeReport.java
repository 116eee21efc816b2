package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A NUMA node, as the guest's sysfs tells it.
 *
 * @param node its number
 * @param memTotalKb {@code MemTotal} of the node, in KiB
 * @param cpus its CPUs; empty for a memory-only node
 * @param distances distance to each node, in order of number
 */
public record NodeReport(int node, long memTotalKb, List<Integer> cpus, List<Integer> distances) {
    public NodeReport {
        cpus = List.copyOf(cpus);
        distances = List.copyOf(distances);
    }
}
