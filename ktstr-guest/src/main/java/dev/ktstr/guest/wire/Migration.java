package dev.ktstr.guest.wire;

/**
 * A change of CPU, as seen between two checkpoints.
 *
 * @param atNs when it was seen, since release
 * @param from the CPU before
 * @param to the CPU after
 */
public record Migration(long atNs, int from, int to) {}
