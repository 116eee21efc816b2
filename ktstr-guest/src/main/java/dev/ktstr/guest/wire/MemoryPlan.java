package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A memory policy.
 *
 * @param mode the policy
 * @param nodes the nodes it names; empty where it names none
 * @param flags the kernel's {@code MPOL_F_*}, 0 for none
 */
public record MemoryPlan(MemoryMode mode, List<Integer> nodes, int flags) {
    /** What a process has that asks for nothing. */
    public static final MemoryPlan DEFAULT = new MemoryPlan(MemoryMode.DEFAULT, List.of(), 0);

    public MemoryPlan {
        nodes = List.copyOf(nodes);
    }
}
