package dev.ktstr;

import java.time.Duration;

/**
 * One phase of a {@link WorkType#sequence sequence}: what a worker does, and for how long.
 *
 * @param kind what is done
 * @param duration for how long, on the guest's clock; more than zero
 */
public record Phase(Kind kind, Duration duration) {
    /** What a phase does. */
    public enum Kind {
        /** Tight spin. */
        SPIN,
        /** Sleep, off the CPU by its own wish. */
        SLEEP,
        /** {@code sched_yield} in a loop. */
        YIELD,
        /** Write 64 KiB, then sleep 100 µs, in a loop. */
        IO
    }

    /** @throws IllegalArgumentException when {@code duration} is not positive */
    public Phase {
        Limits.positive("phase " + kind, duration);
    }

    /** Spins for {@code duration}. */
    public static Phase spin(Duration duration) {
        return new Phase(Kind.SPIN, duration);
    }

    /** Sleeps for {@code duration}. */
    public static Phase sleep(Duration duration) {
        return new Phase(Kind.SLEEP, duration);
    }

    /** Yields in a loop for {@code duration}. */
    @SuppressWarnings("NamedLikeContextualKeyword") // The field's word; always called as Phase.yield.
    public static Phase yield(Duration duration) {
        return new Phase(Kind.YIELD, duration);
    }

    /** Does simulated blocking I/O for {@code duration}. */
    public static Phase io(Duration duration) {
        return new Phase(Kind.IO, duration);
    }
}
