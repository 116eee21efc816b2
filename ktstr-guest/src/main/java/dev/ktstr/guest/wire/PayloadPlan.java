package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A program that runs beside workers.
 *
 * @param name what operations and reports call it; unique while it runs
 * @param argv program (a path in the guest) and arguments
 * @param cgroup where it runs; empty for the root
 * @param timeoutNs after this it is killed; 0 for no limit but its step
 * @param maxOutput bytes of output that are kept; what comes after them is read and counted
 */
public record PayloadPlan(String name, List<String> argv, String cgroup, long timeoutNs, long maxOutput) {
    public PayloadPlan {
        argv = List.copyOf(argv);
    }
}
