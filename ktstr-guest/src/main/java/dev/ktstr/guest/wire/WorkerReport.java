package dev.ktstr.guest.wire;

import java.util.List;

/**
 * What one worker did.
 *
 * @param step index of the step that started it; -1 for the backdrop, and for the low-level API
 * @param cgroup cgroup it was started in; empty for the root
 * @param label the host's number for its group
 * @param index which worker of its group
 * @param pid its process id in the guest
 * @param tid its thread id in the guest
 * @param releasedNs when it was let go, {@code CLOCK_MONOTONIC}
 * @param workUnits units done, see {@link WorkKind}
 * @param iterations turns of the work type's outer loop
 * @param cpuTimeNs CPU time between release and end ({@code CLOCK_THREAD_CPUTIME_ID}; at the last checkpoint when not
 *     completed)
 * @param wallTimeNs time between release and end
 * @param offCpuNs {@code wallTimeNs - cpuTimeNs}, never negative
 * @param migrations changes of CPU seen between checkpoints
 * @param cpuUse where it ran: one for each different cpuset its cgroup had
 * @param migrationList the last changes of CPU, at most 256
 * @param longestGapNs longest time between two checkpoints, intended sleep not counted
 * @param longestGapCpu CPU on which the longest gap ended; -1 when there was no checkpoint
 * @param longestGapAtNs when the longest gap began, since release
 * @param messenger whether it wakes the others of its group and measures nothing itself
 * @param wakeBuckets wake latencies; the buckets that are not empty, ascending
 * @param wakeCount how many were measured
 * @param wakeMaxNs longest; 0 without any
 * @param wakeMinNs shortest; 0 without any
 * @param wakeSumNs their sum
 * @param pages pages by node, ascending; empty when not measured
 * @param pagesMigrated pages moved between nodes while it ran; -1 when not measured
 * @param schedstatCpuNs time on a CPU ({@code /proc/self/schedstat} delta); -1 when not measured
 * @param runDelayNs time runnable but waiting (the same file); -1 when not measured
 * @param runCount times it was put on a CPU (the same file); -1 when not measured
 * @param waitStatus status as {@code waitpid} gives it
 * @param completed whether it reached its end and wrote its own totals; false when it was killed
 * @param error why it ended early, in its own words; empty when it did not
 */
public record WorkerReport(
        int step,
        String cgroup,
        int label,
        int index,
        int pid,
        int tid,
        long releasedNs,
        long workUnits,
        long iterations,
        long cpuTimeNs,
        long wallTimeNs,
        long offCpuNs,
        long migrations,
        List<CpuUse> cpuUse,
        List<Migration> migrationList,
        long longestGapNs,
        int longestGapCpu,
        long longestGapAtNs,
        boolean messenger,
        List<HistogramBucket> wakeBuckets,
        long wakeCount,
        long wakeMaxNs,
        long wakeMinNs,
        long wakeSumNs,
        List<NodePages> pages,
        long pagesMigrated,
        long schedstatCpuNs,
        long runDelayNs,
        long runCount,
        int waitStatus,
        boolean completed,
        String error) {
    public WorkerReport {
        cpuUse = List.copyOf(cpuUse);
        migrationList = List.copyOf(migrationList);
        wakeBuckets = List.copyOf(wakeBuckets);
        pages = List.copyOf(pages);
    }

    /** CPUs on which it was seen at a checkpoint, ascending. */
    public List<Integer> cpusUsed() {
        return cpuUse.stream()
                .flatMap(use -> use.used().stream())
                .distinct()
                .sorted()
                .toList();
    }
}
