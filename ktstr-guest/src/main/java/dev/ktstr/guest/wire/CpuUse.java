package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Where a worker ran while its cgroup had one cpuset. While a cpuset changes, the CPUs of the old and the new one are
 * allowed.
 *
 * @param allowed CPUs of the cpuset; empty for every CPU
 * @param used CPUs on which the worker was seen at a checkpoint, ascending
 */
public record CpuUse(List<Integer> allowed, List<Integer> used) {
    public CpuUse {
        allowed = List.copyOf(allowed);
        used = List.copyOf(used);
    }
}
