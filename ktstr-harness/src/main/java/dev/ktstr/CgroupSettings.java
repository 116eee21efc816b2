package dev.ktstr;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a cgroup in the files of cgroup v2. What is null is left as the kernel made it.
 *
 * @param cpuWeight {@code cpu.weight}, 1 to 10000; the kernel's default is 100
 * @param cpuMax {@code cpu.max}
 * @param memoryMax {@code memory.max} in bytes
 * @param pidsMax {@code pids.max}
 * @param cpusetMems {@code cpuset.mems}; empty for none of its own
 */
public record CgroupSettings(
        @Nullable Integer cpuWeight,
        @Nullable CpuMax cpuMax,
        @Nullable Long memoryMax,
        @Nullable Long pidsMax,
        SortedSet<Integer> cpusetMems) {
    /** Sets nothing. */
    public static final CgroupSettings NONE = new CgroupSettings(null, null, null, null, new TreeSet<>());

    /** @throws IllegalArgumentException when a value is out of the kernel's range */
    public CgroupSettings {
        if (cpuWeight != null) {
            Limits.within("cpu.weight", cpuWeight, 1, 10_000);
        }
        if (memoryMax != null) {
            Limits.within("memory.max", memoryMax, 1 << 16, Long.MAX_VALUE);
        }
        if (pidsMax != null) {
            Limits.within("pids.max", pidsMax, 1, 4_194_304);
        }
        if (!cpusetMems.isEmpty() && cpusetMems.first() < 0) {
            throw new IllegalArgumentException("cpuset.mems: there is no NUMA node " + cpusetMems.first());
        }
        cpusetMems = Collections.unmodifiableSortedSet(new TreeSet<>(cpusetMems));
    }
}
