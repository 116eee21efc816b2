package dev.ktstr.guest.wire;

/**
 * A single operation that was done.
 *
 * @param startedNs when it began, {@code CLOCK_MONOTONIC}
 * @param endedNs when it was done
 */
public record OpDone(long startedNs, long endedNs) {}
