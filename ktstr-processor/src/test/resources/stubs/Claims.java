package dev.ktstr;

import dev.ktstr.claim.*;
import java.util.*;

public final class Claims {
    public NumberClaim claim(String label, Number value) {
        return new NumberClaim();
    }

    public NumberClaim claim(String label, OptionalInt value) {
        return new NumberClaim();
    }

    public NumberClaim claim(String label, OptionalLong value) {
        return new NumberClaim();
    }

    public NumberClaim claim(String label, OptionalDouble value) {
        return new NumberClaim();
    }

    public BooleanClaim claim(String label, Boolean value) {
        return new BooleanClaim();
    }

    public <T> ValueClaim<T> claim(String label, Optional<? extends T> value) {
        return new ValueClaim<>();
    }

    public <N extends Number> SeriesClaim<N> claim(String label, List<N> values) {
        return new SeriesClaim<>();
    }

    public <E> CollectionClaim<E> claim(String label, Collection<E> values) {
        return new CollectionClaim<>();
    }

    public <T> ValueClaim<T> claim(String label, T value) {
        return new ValueClaim<>();
    }
}
