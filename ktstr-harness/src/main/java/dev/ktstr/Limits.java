package dev.ktstr;

import java.time.Duration;

/** Bounds that values of the scenario model keep; each refusal names what it is about and the bound. */
final class Limits {
    private Limits() {}

    static Duration positive(String what, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(what + " must last longer than zero, got " + duration);
        }
        return duration;
    }

    static long within(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", got " + value);
        }
        return value;
    }
}
