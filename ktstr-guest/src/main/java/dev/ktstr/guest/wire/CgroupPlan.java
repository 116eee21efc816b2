package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A cgroup and the workers in it.
 *
 * @param name path below the cgroup root, without a leading slash; cgroups above the last one are made as needed, and go
 *     with what they were made for
 * @param cpus CPUs of its cpuset; empty for none of its own
 * @param mems nodes of its cpuset; empty for none of its own
 * @param cpuWeight {@code cpu.weight}; 0 leaves it
 * @param cpuMaxQuotaUs quota of {@code cpu.max}; -1 leaves it
 * @param cpuMaxPeriodUs period of {@code cpu.max}; read when there is a quota
 * @param memoryMax {@code memory.max} in bytes; -1 leaves it
 * @param pidsMax {@code pids.max}; -1 leaves it
 * @param works what runs in it, side by side
 */
public record CgroupPlan(
        String name,
        List<Integer> cpus,
        List<Integer> mems,
        int cpuWeight,
        long cpuMaxQuotaUs,
        long cpuMaxPeriodUs,
        long memoryMax,
        long pidsMax,
        List<WorkGroup> works) {
    public CgroupPlan {
        cpus = List.copyOf(cpus);
        mems = List.copyOf(mems);
        works = List.copyOf(works);
    }

    /** A cgroup with a cpuset (empty: none of its own) and no other setting. */
    public static CgroupPlan of(String name, List<Integer> cpus, List<WorkGroup> works) {
        return new CgroupPlan(name, cpus, List.of(), 0, -1, 0, -1, -1, works);
    }
}
