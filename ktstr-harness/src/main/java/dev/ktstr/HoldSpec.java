package dev.ktstr;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a step is held, on the guest's clock. */
public sealed interface HoldSpec {
    /** The whole duration of the test. */
    HoldSpec FULL = new Fraction(1.0);

    /** That part of the test's duration, more than 0 and at most 1. */
    static HoldSpec frac(double fraction) {
        return new Fraction(fraction);
    }

    /** That long. */
    static HoldSpec fixed(Duration duration) {
        return new Fixed(duration);
    }

    /**
     * What the other steps leave of the test's duration. The step's cgroups are set up once; its ops run then, and again at
     * every interval.
     */
    static HoldSpec loop(Duration interval) {
        return new Loop(interval, null);
    }

    /** As {@link #loop(Duration)}, for as long as {@code total} says. */
    static HoldSpec loop(Duration interval, HoldSpec total) {
        return new Loop(interval, total);
    }

    /** A part of the test's duration. */
    record Fraction(double fraction) implements HoldSpec {
        /** @throws IllegalArgumentException when not in (0, 1] */
        public Fraction {
            if (!(fraction > 0 && fraction <= 1)) {
                throw new IllegalArgumentException(
                        "a hold must be more than 0 and at most 1 of the test, got " + fraction);
            }
        }
    }

    /** A fixed time. */
    record Fixed(Duration duration) implements HoldSpec {
        /** @throws IllegalArgumentException when not positive */
        public Fixed {
            Limits.positive("a hold", duration);
        }
    }

    /**
     * Ops again and again.
     *
     * @param interval from the start of one round to the start of the next
     * @param total how long in all, or null for what the other steps leave
     */
    record Loop(Duration interval, @Nullable HoldSpec total) implements HoldSpec {
        /** The shortest interval. */
        public static final Duration SHORTEST = Duration.ofMillis(1);

        /** @throws IllegalArgumentException when the interval is below 1 ms, or {@code total} is a loop itself */
        public Loop {
            if (interval.compareTo(SHORTEST) < 0) {
                throw new IllegalArgumentException("the interval of a loop must be at least 1 ms, got " + interval);
            }
            if (total instanceof Loop) {
                throw new IllegalArgumentException("a loop lasts for a fraction or a fixed time, not for another loop");
            }
        }
    }
}
