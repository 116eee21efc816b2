package dev.ktstr.vm.kvm.machine;

import java.util.List;

/**
 * A NUMA node's memory. Nodes {@code 0} to {@code topology.numaNodes() - 1} have CPUs; nodes after them are memory only,
 * such as memory behind CXL.
 *
 * @param memory the node's RAM in guest-physical space, ascending; empty for a node without memory
 * @param caches memory-side caches in front of this memory, level 1 (next to the memory) first; usually none
 */
public record NumaNode(List<MemoryRange> memory, List<MemorySideCache> caches) {
    public NumaNode {
        memory = List.copyOf(memory);
        caches = List.copyOf(caches);
    }

    /** Makes a node without memory-side caches. */
    public NumaNode(List<MemoryRange> memory) {
        this(memory, List.of());
    }

    /** Bytes of RAM. */
    public long bytes() {
        return memory.stream().mapToLong(MemoryRange::length).sum();
    }
}
