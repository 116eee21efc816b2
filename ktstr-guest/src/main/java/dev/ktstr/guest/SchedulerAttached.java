package dev.ktstr.guest;

/**
 * A scheduler that was started and seen attached.
 *
 * @param pid its process in the guest
 * @param ops name of its {@code sched_ext_ops}, as {@code /sys/kernel/sched_ext/root/ops} tells it
 * @param elapsedNs time from start to attachment, by the guest's clock
 */
public record SchedulerAttached(int pid, String ops, long elapsedNs) {}
