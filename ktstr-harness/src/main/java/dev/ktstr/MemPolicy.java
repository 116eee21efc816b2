package dev.ktstr;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where the memory of workers comes from, as {@code set_mempolicy(2)} says it. The nodes must be among those of the
 * cgroup: its {@link CgroupDef#cpusetMems}, or the nodes of its CPUs.
 *
 * @param mode the policy
 * @param nodes the nodes it speaks of, ascending; empty where it needs none
 */
public record MemPolicy(Mode mode, SortedSet<Integer> nodes) {
    /** The modes of the kernel. */
    public enum Mode {
        /** {@code MPOL_DEFAULT}: the node of the CPU that allocates. */
        DEFAULT,
        /** {@code MPOL_BIND}: these nodes and no others. */
        BIND,
        /** {@code MPOL_PREFERRED}: this node first. */
        PREFERRED,
        /** {@code MPOL_INTERLEAVE}: page by page over these nodes. */
        INTERLEAVE,
        /** {@code MPOL_LOCAL}: the node of the CPU that allocates, whatever the process had. */
        LOCAL,
        /** {@code MPOL_PREFERRED_MANY}: these nodes first. */
        PREFERRED_MANY,
        /** {@code MPOL_WEIGHTED_INTERLEAVE}: over these nodes by their weights; kernels from 6.9 on. */
        WEIGHTED_INTERLEAVE
    }

    /** @throws IllegalArgumentException when nodes are missing, negative, or given where there are none */
    public MemPolicy {
        boolean none = mode == Mode.DEFAULT || mode == Mode.LOCAL;
        if (none != nodes.isEmpty()) {
            throw new IllegalArgumentException(
                    none ? mode + " memory takes no nodes" : mode + " memory needs at least one node");
        }
        if (!nodes.isEmpty() && nodes.first() < 0) {
            throw new IllegalArgumentException("there is no NUMA node " + nodes.first());
        }
        nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
    }

    private static MemPolicy of(Mode mode, Collection<Integer> nodes) {
        return new MemPolicy(mode, new TreeSet<>(nodes));
    }

    /** The kernel's default. */
    public static MemPolicy defaults() {
        return of(Mode.DEFAULT, List.of());
    }

    /** Memory of these nodes only. */
    public static MemPolicy bind(Integer... nodes) {
        return of(Mode.BIND, List.of(nodes));
    }

    /** Memory of that node, of others when it has none left. */
    public static MemPolicy preferred(int node) {
        return of(Mode.PREFERRED, List.of(node));
    }

    /** Page by page over these nodes. */
    public static MemPolicy interleave(Integer... nodes) {
        return of(Mode.INTERLEAVE, List.of(nodes));
    }

    /** Memory of the node of the CPU that allocates. */
    public static MemPolicy local() {
        return of(Mode.LOCAL, List.of());
    }

    /** Memory of these nodes, of others when they have none left. */
    public static MemPolicy preferredMany(Integer... nodes) {
        return of(Mode.PREFERRED_MANY, List.of(nodes));
    }

    /** Over these nodes by their weights in {@code /sys/kernel/mm/mempolicy/weighted_interleave}. */
    public static MemPolicy weightedInterleave(Integer... nodes) {
        return of(Mode.WEIGHTED_INTERLEAVE, List.of(nodes));
    }

    /** Refuses flags that the kernel refuses for this mode: EINVAL of set_mempolicy(2). */
    void requireTakes(MpolFlags flags) {
        if (nodes.isEmpty() && flags.bits() != 0) {
            throw new IllegalArgumentException(mode + " memory takes no flags: it names no nodes");
        }
        if (flags.has(MpolFlags.NUMA_BALANCING) && mode != Mode.BIND && mode != Mode.PREFERRED_MANY) {
            throw new IllegalArgumentException(
                    "NUMA_BALANCING goes with BIND and PREFERRED_MANY memory, not with " + mode);
        }
    }
}
