package dev.ktstr.claim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/**
 * Claims on several values.
 *
 * @param <E> their type
 */
public class CollectionClaim<E> {
    private static final int SHOWN = 20;

    private final ClaimSink sink;
    private final String label;
    private final List<E> values;

    /** Claims on these values. */
    public CollectionClaim(ClaimSink sink, String label, Collection<? extends E> values) {
        this.sink = sink;
        this.label = label;
        this.values = List.copyOf(values);
    }

    /** Claims that there is none. */
    public CollectionClaim<E> isEmpty() {
        claim(values.isEmpty(), "nothing");
        return this;
    }

    /** Claims that there is one at least. */
    public CollectionClaim<E> isNotEmpty() {
        claim(!values.isEmpty(), "something");
        return this;
    }

    /** Claims how many there are. */
    public CollectionClaim<E> hasSize(int size) {
        claim(values.size() == size, size + " values");
        return this;
    }

    /** Claims that a value is among them. */
    public CollectionClaim<E> contains(E value) {
        claim(values.contains(value), "to contain " + value);
        return this;
    }

    /** Claims that all of them are among others: CPUs in a cpuset. */
    public CollectionClaim<E> isSubsetOf(Collection<? extends E> others) {
        claim(new HashSet<>(others).containsAll(values), "nothing but " + others);
        return this;
    }

    /** The values, in order. */
    final List<E> values() {
        return values;
    }

    final void claim(boolean holds, String claimed) {
        claim(holds, claimed, shown());
    }

    final void claim(boolean holds, String claimed, String found) {
        sink.claimed(holds, label, claimed, found);
    }

    private String shown() {
        if (values.size() <= SHOWN) {
            return values.toString();
        }
        List<Object> first = new ArrayList<>(values.subList(0, SHOWN));
        return first.toString().replace("]", ", … ") + values.size() + " in all]";
    }
}
