package dev.ktstr.checks;

/** What is known of the host while a scenario ran. */
@FunctionalInterface
public interface HostEvidence {
    /** Nothing is known: no violation is explained. */
    HostEvidence NONE = (fromNs, toNs) -> HostLoss.NONE;

    /** What the host kept from the guest between two moments, {@code CLOCK_MONOTONIC} of the guest. */
    HostLoss between(long fromNs, long toNs);
}
