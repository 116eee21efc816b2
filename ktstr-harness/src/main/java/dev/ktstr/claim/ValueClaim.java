package dev.ktstr.claim;

import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Claims on any value that may be absent.
 *
 * @param <T> its type
 */
public final class ValueClaim<T> {
    private final ClaimSink sink;
    private final String label;
    private final @Nullable T value;

    /** Claims on a value; null is one that is absent. */
    public ValueClaim(ClaimSink sink, String label, @Nullable T value) {
        this.sink = sink;
        this.label = label;
        this.value = value;
    }

    /** Claims that it equals another. */
    public ValueClaim<T> equalTo(T expected) {
        return claim(Objects.equals(value, expected), "equal to " + expected);
    }

    /** Claims that it does not equal another; what is absent equals nothing, and fails too. */
    public ValueClaim<T> notEqualTo(T other) {
        return claim(value != null && !value.equals(other), "other than " + other);
    }

    /** Claims that it is there. */
    public ValueClaim<T> isPresent() {
        return claim(value != null, "a value");
    }

    /** Claims that it is not there. */
    public ValueClaim<T> isAbsent() {
        return claim(value == null, "no value");
    }

    /**
     * Claims what the predicate says; an absent value fails.
     *
     * @param words what it says, as it follows "expected": {@code on a CPU of node 1}
     */
    public ValueClaim<T> is(String words, Predicate<? super T> predicate) {
        return claim(value != null && predicate.test(value), words);
    }

    private ValueClaim<T> claim(boolean holds, String claimed) {
        sink.claimed(holds, label, claimed, value == null ? "no value" : value.toString());
        return this;
    }
}
