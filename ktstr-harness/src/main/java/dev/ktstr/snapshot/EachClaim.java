package dev.ktstr.snapshot;

import dev.ktstr.claim.NumberClaim;
import java.util.List;

/**
 * One claim on each value of a series.
 *
 * @param values a claim for each
 */
public record EachClaim(List<NumberClaim> values) {
    /** Copies the list. */
    public EachClaim {
        values = List.copyOf(values);
    }

    /** Each is that or more. */
    public EachClaim atLeast(Number least) {
        values.forEach(value -> value.atLeast(least));
        return this;
    }

    /** Each is that or less. */
    public EachClaim atMost(Number most) {
        values.forEach(value -> value.atMost(most));
        return this;
    }

    /** Each is in that range, its ends included. */
    public EachClaim between(Number low, Number high) {
        values.forEach(value -> value.between(low, high));
        return this;
    }
}
