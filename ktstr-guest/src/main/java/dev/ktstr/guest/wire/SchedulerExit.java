package dev.ktstr.guest.wire;

/**
 * How the scheduler's process ended.
 *
 * @param exitCode its exit code; -1 when a signal ended it
 * @param signal the signal that ended it; 0 when it exited
 * @param atNs when the agent saw it, {@code CLOCK_MONOTONIC}
 * @param completedSteps steps of the running scenario that were complete by then; 0 when none ran
 */
public record SchedulerExit(int exitCode, int signal, long atNs, int completedSteps) {}
