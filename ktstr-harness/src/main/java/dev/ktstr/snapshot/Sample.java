package dev.ktstr.snapshot;

import java.time.Duration;

/**
 * A snapshot in its place in time.
 *
 * @param name {@code periodic_000} and on for periodic captures, else the name it was asked for by
 * @param periodic whether it was taken by the clock rather than asked for
 * @param at time since the scenario began, on the guest's clock
 * @param frozen how long the guest stood still for it
 * @param snapshot what was read
 */
public record Sample(String name, boolean periodic, Duration at, Duration frozen, Snapshot snapshot) {
    /** Its name and time as lines show it: {@code periodic_002 (+10000ms)}. */
    public String label() {
        return name + " (+" + at.toMillis() + "ms)";
    }
}
