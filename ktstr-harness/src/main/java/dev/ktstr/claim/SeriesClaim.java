package dev.ktstr.claim;

import java.util.Collection;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Claims on numbers in order, such as a counter at successive moments. A line names the first value that breaks a claim and
 * its place. A series without values breaks all of them: a claim over nothing says nothing.
 *
 * @param <N> their type
 */
public final class SeriesClaim<N extends Number> extends CollectionClaim<N> {
    /** Claims on these values. */
    public SeriesClaim(ClaimSink sink, String label, Collection<? extends N> values) {
        super(sink, label, values);
    }

    /** Claims that no value is below the one before. */
    public SeriesClaim<N> nonDecreasing() {
        return steps("no decrease", i -> order(i) >= 0);
    }

    /** Claims that no value is above the one before. */
    public SeriesClaim<N> nonIncreasing() {
        return steps("no increase", i -> order(i) <= 0);
    }

    /** Claims that every value is above the one before. */
    public SeriesClaim<N> strictlyIncreasing() {
        return steps("an increase at every step", i -> order(i) > 0);
    }

    /** Claims that no value is above a limit. */
    public SeriesClaim<N> everyAtMost(Number limit) {
        return each("every value at most " + limit, n -> exact(n, limit) <= 0);
    }

    /** Claims that no value is below a limit. */
    public SeriesClaim<N> everyAtLeast(Number limit) {
        return each("every value at least " + limit, n -> exact(n, limit) >= 0);
    }

    /** Claims that every value is in a range, ends included. */
    public SeriesClaim<N> everyBetween(Number least, Number most) {
        return each("every value between " + least + " and " + most, n -> exact(n, least) >= 0 && exact(n, most) <= 0);
    }

    private SeriesClaim<N> steps(String claimed, IntPredicate holdsAt) {
        List<N> all = values();
        boolean finite = all.stream().allMatch(NumberClaim::finite);
        for (int i = 1; finite && i < all.size(); i++) {
            if (!holdsAt.test(i)) {
                claim(false, claimed, all.get(i - 1) + " and then " + all.get(i) + " at index " + i);
                return this;
            }
        }
        claim(finite && !all.isEmpty(), claimed);
        return this;
    }

    private SeriesClaim<N> each(String claimed, Predicate<N> holds) {
        List<N> all = values();
        for (int i = 0; i < all.size(); i++) {
            if (!NumberClaim.finite(all.get(i)) || !holds.test(all.get(i))) {
                claim(false, claimed, all.get(i) + " at index " + i);
                return this;
            }
        }
        claim(!all.isEmpty(), claimed);
        return this;
    }

    private int order(int i) {
        return exact(values().get(i), values().get(i - 1));
    }

    private static int exact(Number a, Number b) {
        return NumberClaim.exact(a).compareTo(NumberClaim.exact(b));
    }
}
