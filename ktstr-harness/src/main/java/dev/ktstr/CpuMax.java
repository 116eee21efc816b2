package dev.ktstr;

import java.time.Duration;

/**
 * The limit {@code cpu.max} of a cgroup: that much CPU time in each period.
 *
 * @param quota CPU time over all CPUs, at least 1 ms
 * @param period 1 ms to 1 s
 */
public record CpuMax(Duration quota, Duration period) {
    /** The kernel's bounds of both, min_cfs_quota_period and max_cfs_quota_period in kernel/sched/core.c. */
    private static final Duration LEAST = Duration.ofMillis(1);

    private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);

    /** @throws IllegalArgumentException when the kernel would refuse the numbers */
    public CpuMax {
        if (quota.compareTo(LEAST) < 0 || period.compareTo(LEAST) < 0 || period.compareTo(LONGEST_PERIOD) > 0) {
            throw new IllegalArgumentException(
                    "cpu.max takes a quota of at least 1 ms and a period of 1 ms to 1 s, got " + quota + " and "
                            + period);
        }
    }
}
