package dev.ktstr.claim;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Claims on a number that may be absent. Every method makes one claim and returns this, so that claims can be chained. A
 * number that is absent or not a number is neither above nor below anything: all but {@link #isAbsent} fail for it.
 * Comparisons are exact, also between {@code long} and {@code double}.
 */
public final class NumberClaim {
    private final ClaimSink sink;
    private final String label;
    private final @Nullable Number value;

    /** Claims on a number; null is one that was not measured. */
    public NumberClaim(ClaimSink sink, String label, @Nullable Number value) {
        this.sink = sink;
        this.label = label;
        this.value = value;
    }

    /** Claims that it is not above a limit. */
    public NumberClaim atMost(Number limit) {
        return claim(comparable(limit) && compare(limit) <= 0, "at most " + limit);
    }

    /** Claims that it is not below a limit. */
    public NumberClaim atLeast(Number limit) {
        return claim(comparable(limit) && compare(limit) >= 0, "at least " + limit);
    }

    /** Claims that it is below a limit. */
    public NumberClaim below(Number limit) {
        return claim(comparable(limit) && compare(limit) < 0, "below " + limit);
    }

    /** Claims that it is above a limit. */
    public NumberClaim above(Number limit) {
        return claim(comparable(limit) && compare(limit) > 0, "above " + limit);
    }

    /**
     * Claims that it is in a range, ends included.
     *
     * @throws IllegalArgumentException when the range is empty
     */
    public NumberClaim between(Number least, Number most) {
        if (finite(least) && finite(most) && exact(least).compareTo(exact(most)) > 0) {
            throw new IllegalArgumentException("no number is between " + least + " and " + most);
        }
        return claim(
                comparable(least) && comparable(most) && compare(least) >= 0 && compare(most) <= 0,
                "between " + least + " and " + most);
    }

    /** Claims that it equals another, exactly. */
    public NumberClaim equalTo(Number expected) {
        return claim(comparable(expected) && compare(expected) == 0, "equal to " + expected);
    }

    /**
     * Claims that it is no further from another than a tolerance, in its own unit.
     *
     * @throws IllegalArgumentException when the tolerance is negative or not finite
     */
    public NumberClaim near(Number expected, Number tolerance) {
        if (!finite(tolerance) || tolerance.doubleValue() < 0) {
            throw new IllegalArgumentException("a tolerance is 0 or more, got " + tolerance);
        }
        boolean holds = value != null
                && finite(value)
                && finite(expected)
                && exact(value).subtract(exact(expected)).abs().compareTo(exact(tolerance)) <= 0;
        return claim(holds, "within " + tolerance + " of " + expected);
    }

    /** Claims that it is neither infinite nor not a number. */
    public NumberClaim isFinite() {
        return claim(value != null && finite(value), "a finite number");
    }

    /** Claims that it is 0. */
    public NumberClaim isZero() {
        return claim(comparable(0) && compare(0) == 0, "0");
    }

    /** Claims that it was measured. */
    public NumberClaim isPresent() {
        return claim(value != null, "a value");
    }

    /** Claims that it was not measured. */
    public NumberClaim isAbsent() {
        return claim(value == null, "no value");
    }

    private NumberClaim claim(boolean holds, String claimed) {
        sink.claimed(holds, label, claimed, value == null ? "no value (not measured)" : value.toString());
        return this;
    }

    private boolean comparable(Number limit) {
        return value != null && !Double.isNaN(value.doubleValue()) && !Double.isNaN(limit.doubleValue());
    }

    private int compare(Number limit) {
        Number own = java.util.Objects.requireNonNull(value);
        return finite(own) && finite(limit)
                ? exact(own).compareTo(exact(limit))
                : Double.compare(own.doubleValue(), limit.doubleValue());
    }

    static boolean finite(Number number) {
        return !(number instanceof Double || number instanceof Float) || Double.isFinite(number.doubleValue());
    }

    static BigDecimal exact(Number number) {
        return number instanceof Double || number instanceof Float
                ? new BigDecimal(number.doubleValue())
                : new BigDecimal(number.toString());
    }
}
