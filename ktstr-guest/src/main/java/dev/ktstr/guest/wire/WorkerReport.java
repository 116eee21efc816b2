package dev.ktstr.guest.wire;

import java.util.List;

/**
 * What one worker did.
 *
 * @param step index of the step
 * @param cgroup index of the cgroup in the step
 * @param group index of the group in the cgroup
 * @param tid its thread id in the guest
 * @param workUnits units done, see {@link WorkKind}
 * @param iterations turns of the work type's outer loop
 * @param cpuTimeNs CPU time between release and end ({@code CLOCK_THREAD_CPUTIME_ID}; at the last checkpoint when not
 *     completed)
 * @param wallTimeNs time between release and end
 * @param offCpuNs {@code wallTimeNs - cpuTimeNs}, never negative
 * @param migrations changes of CPU seen between checkpoints
 * @param cpusUsed CPUs it was seen on at a checkpoint, ascending
 * @param longestGapNs longest time between two checkpoints, intended sleep not counted
 * @param longestGapCpu CPU on which the longest gap ended; -1 when there was no checkpoint
 * @param longestGapAtNs when the longest gap began, since release
 * @param runDelayNs time runnable but waiting ({@code /proc/self/schedstat} delta); -1 when not measured
 * @param runCount times it was put on a CPU (the same file); -1 when not measured
 * @param waitStatus status as {@code waitpid} gives it
 * @param completed whether it reached its end and wrote its own totals; false when it was killed
 */
public record WorkerReport(
        int step,
        int cgroup,
        int group,
        int tid,
        long workUnits,
        long iterations,
        long cpuTimeNs,
        long wallTimeNs,
        long offCpuNs,
        long migrations,
        List<Integer> cpusUsed,
        long longestGapNs,
        int longestGapCpu,
        long longestGapAtNs,
        long runDelayNs,
        long runCount,
        int waitStatus,
        boolean completed) {
    public WorkerReport {
        cpusUsed = List.copyOf(cpusUsed);
    }
}
