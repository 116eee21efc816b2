package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A cgroup and the workers in it.
 *
 * @param name path below the cgroup root, without a leading slash; the cgroups above the last one exist
 * @param cpus CPUs of its cpuset; empty for none of its own
 * @param works what runs in it, side by side
 */
public record CgroupPlan(String name, List<Integer> cpus, List<WorkGroup> works) {
    public CgroupPlan {
        cpus = List.copyOf(cpus);
        works = List.copyOf(works);
    }
}
