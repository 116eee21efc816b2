package dev.ktstr.snapshot;

import java.time.Duration;
import java.util.Optional;

/**
 * A snapshot in its place in time.
 *
 * @param name {@code periodic_000} and on for periodic captures, {@code SYMBOL_000} and on for a watched symbol's, else the name it was
 *     asked for by
 * @param periodic whether it was taken by the clock rather than asked for
 * @param at time since the scenario began, on the guest's clock
 * @param frozen how long the guest stood still for it
 * @param snapshot what was read
 * @param write what the guest wrote to, for a capture that a watched symbol caused
 */
public record Sample(
        String name, boolean periodic, Duration at, Duration frozen, Snapshot snapshot, Optional<Write> write) {
    /**
     * A write to a watched symbol.
     *
     * @param symbol as {@code Op.watchSnapshot} named it
     * @param cpu who wrote; its {@code rip} in the snapshot is behind the instruction that did
     */
    public record Write(String symbol, int cpu) {}

    /** One that no write caused. */
    public Sample(String name, boolean periodic, Duration at, Duration frozen, Snapshot snapshot) {
        this(name, periodic, at, frozen, snapshot, Optional.empty());
    }

    /** Its name and time as lines show it: {@code periodic_002 (+10000ms)}. */
    public String label() {
        return name + " (+" + at.toMillis() + "ms)";
    }
}
