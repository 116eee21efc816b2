package dev.ktstr;

import java.time.Duration;

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

    /** The hold for a test of that duration. */
    Duration resolve(Duration testDuration);

    /** A part of the test's duration. */
    record Fraction(double fraction) implements HoldSpec {
        /** @throws IllegalArgumentException when not in (0, 1] */
        public Fraction {
            if (!(fraction > 0 && fraction <= 1)) {
                throw new IllegalArgumentException(
                        "a hold must be more than 0 and at most 1 of the test, got " + fraction);
            }
        }

        @Override
        public Duration resolve(Duration testDuration) {
            return Duration.ofNanos(Math.round(testDuration.toNanos() * fraction));
        }
    }

    /** A fixed time. */
    record Fixed(Duration duration) implements HoldSpec {
        /** @throws IllegalArgumentException when not positive */
        public Fixed {
            WorkType.requirePositive("a hold", duration);
        }

        @Override
        public Duration resolve(Duration testDuration) {
            return duration;
        }
    }
}
