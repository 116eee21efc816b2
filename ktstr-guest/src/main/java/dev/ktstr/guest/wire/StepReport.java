package dev.ktstr.guest.wire;

/**
 * How a step went.
 *
 * @param step its index
 * @param startedNs when the workers were released, {@code CLOCK_MONOTONIC}
 * @param endedNs when they were told to stop
 * @param schedState {@code /sys/kernel/sched_ext/state} at the end of the hold; empty without sched_ext
 * @param schedOps {@code /sys/kernel/sched_ext/root/ops} at the same time; empty when no scheduler was attached
 */
public record StepReport(int step, long startedNs, long endedNs, String schedState, String schedOps) {}
