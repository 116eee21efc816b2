package dev.ktstr.guest.wire;

/**
 * Stops the scheduler by SIGINT, then SIGTERM, then SIGKILL.
 *
 * @param timeoutNs time for all of it
 */
public record StopScheduler(long timeoutNs) {}
