package dev.ktstr;

import dev.ktstr.claim.BooleanClaim;
import dev.ktstr.claim.CollectionClaim;
import dev.ktstr.claim.NumberClaim;
import dev.ktstr.claim.SeriesClaim;
import dev.ktstr.claim.ValueClaim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Collects claims on single values, so that a test reports all that do not hold and not only the first.
 *
 * <pre>{@code
 * AssertResult result = ctx.executeDefs(...);
 * Claims verdict = ctx.claims();
 * CgroupStatsClaims.of(verdict, result.cgroup("cg_0")).gapMs().atMost(100);
 * verdict.claim("work units", units).atLeast(5_000);
 * return result.and(verdict.result());
 * }</pre>
 *
 * <p>A claim on a value that is absent fails, unless it claims just that. Claims that hold are noted in the result when
 * {@code -Dktstr.log.passes=true} asks for it. Not safe for use by several threads.
 */
public final class Claims {
    private final boolean logPasses;
    private final List<String> broken = new ArrayList<>();
    private final List<String> held = new ArrayList<>();
    private int brokenTold;
    private int heldTold;

    /** No claims yet. */
    public Claims() {
        this(false);
    }

    /** No claims yet; those that hold are noted when {@code logPasses}. */
    public Claims(boolean logPasses) {
        this.logPasses = logPasses;
    }

    /** Claims something of a number. */
    public NumberClaim claim(String label, @Nullable Number value) {
        return new NumberClaim(this::compared, label, value);
    }

    /** Claims something of a number that may not have been measured. */
    public NumberClaim claim(String label, OptionalInt value) {
        return new NumberClaim(this::compared, label, value.isPresent() ? value.getAsInt() : null);
    }

    /** Claims something of a number that may not have been measured. */
    public NumberClaim claim(String label, OptionalLong value) {
        return new NumberClaim(this::compared, label, value.isPresent() ? value.getAsLong() : null);
    }

    /** Claims something of a number that may not have been measured. */
    public NumberClaim claim(String label, OptionalDouble value) {
        return new NumberClaim(this::compared, label, value.isPresent() ? value.getAsDouble() : null);
    }

    /** Claims something of a truth value. */
    public BooleanClaim claim(String label, Boolean value) {
        return new BooleanClaim(this::compared, label, value);
    }

    /** Claims something of a value that may be absent. */
    public <T> ValueClaim<T> claim(String label, Optional<? extends T> value) {
        return new ValueClaim<>(this::compared, label, value.isPresent() ? value.get() : null);
    }

    /** Claims something of numbers in order. */
    public <N extends Number> SeriesClaim<N> claim(String label, List<N> values) {
        return new SeriesClaim<>(this::compared, label, values);
    }

    /** Claims something of several values. */
    public <E> CollectionClaim<E> claim(String label, Collection<E> values) {
        return new CollectionClaim<>(this::compared, label, values);
    }

    /** Claims something of any other value. */
    public <T> ValueClaim<T> claim(String label, @Nullable T value) {
        return new ValueClaim<>(this::compared, label, value);
    }

    /** What came of the claims so far: a line for each that does not hold. */
    public AssertResult result() {
        brokenTold = broken.size();
        heldTold = held.size();
        return new AssertResult(broken, List.of(), List.of(), held);
    }

    /** What came of the claims since {@link #result} was asked for last, or of all if it never was. */
    public AssertResult untold() {
        return new AssertResult(
                broken.subList(brokenTold, broken.size()), List.of(), List.of(), held.subList(heldTold, held.size()));
    }

    /**
     * Takes over a claim that was judged elsewhere.
     *
     * @param holds whether it holds
     * @param line what was claimed and what was found, as the result should say it
     */
    public Claims record(boolean holds, String line) {
        if (!holds) {
            broken.add(line);
        } else if (logPasses) {
            held.add("claim holds: " + line);
        }
        return this;
    }

    private void compared(boolean holds, String label, String claimed, String found) {
        record(holds, label + ": expected " + claimed + ", got " + found);
    }
}
