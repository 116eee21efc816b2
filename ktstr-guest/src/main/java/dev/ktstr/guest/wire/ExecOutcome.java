package dev.ktstr.guest.wire;

/**
 * How a command ended.
 *
 * @param exitCode its exit code; -1 when a signal ended it
 * @param signal the signal that ended it, or 0
 * @param timedOut whether the agent killed it because its time was up
 * @param output its output
 */
public record ExecOutcome(int exitCode, int signal, boolean timedOut, Blob output) {}
