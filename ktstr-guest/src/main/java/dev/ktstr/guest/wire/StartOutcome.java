package dev.ktstr.guest.wire;

/**
 * What came of a start.
 *
 * @param pid its process
 * @param attached whether it was seen attached
 * @param exited whether its process ended before
 * @param ops name of its ops when attached
 * @param state {@code /sys/kernel/sched_ext/state} when this was decided
 * @param elapsedNs time since the start
 * @param exitCode its exit code when it exited; -1 when a signal ended it
 * @param signal the signal that ended it, or 0
 */
public record StartOutcome(
        int pid,
        boolean attached,
        boolean exited,
        String ops,
        String state,
        long elapsedNs,
        int exitCode,
        int signal) {}
