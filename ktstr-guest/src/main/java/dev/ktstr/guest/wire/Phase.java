package dev.ktstr.guest.wire;

/**
 * One phase of a {@link WorkKind#SEQUENCE}.
 *
 * @param kind what is done
 * @param durationNs for how long, by the guest's monotonic clock
 */
public record Phase(PhaseKind kind, long durationNs) {}
