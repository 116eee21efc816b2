package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A cgroup and the workers in it.
 *
 * @param name name below the cgroup root; one path element
 * @param cpus CPUs of its cpuset; empty for none of its own
 * @param works what runs in it, side by side
 */
public record CgroupPlan(String name, List<Integer> cpus, List<WorkGroup> works) {
    public CgroupPlan {
        cpus = List.copyOf(cpus);
        works = List.copyOf(works);
    }
}
