package dev.ktstr.rules;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Attributes by name: single values, and lists whose elements each have a place of their own. A threshold that is written
 * nowhere is absent; every other attribute of the annotation is there, with its default when it is not written.
 */
public final class Attributes {
    private final Map<String, Attribute<?>> singles = new LinkedHashMap<>();
    private final Map<String, Attribute<List<Attribute<String>>>> lists = new LinkedHashMap<>();

    /** Puts a single value. Returns this. */
    public Attributes put(Attribute<?> attribute) {
        singles.put(attribute.name(), attribute);
        return this;
    }

    /** Puts a list. Returns this. */
    public Attributes putList(Attribute<List<Attribute<String>>> attribute) {
        lists.put(attribute.name(), attribute);
        return this;
    }

    /** Finds a single value. */
    public Optional<Attribute<?>> find(String name) {
        return Optional.ofNullable(singles.get(name));
    }

    /** An int. */
    public Attribute<Integer> integer(String name) {
        return typed(name, Integer.class);
    }

    /** A boolean. */
    public Attribute<Boolean> bool(String name) {
        return typed(name, Boolean.class);
    }

    /** A string; empty when it is not written. */
    public Attribute<String> string(String name) {
        return typed(name, String.class);
    }

    /** Elements of a list, each with its place. */
    public List<Attribute<String>> strings(String name) {
        return list(name).value();
    }

    /** Elements of a list. */
    public List<String> texts(String name) {
        return strings(name).stream().map(Attribute::value).toList();
    }

    /** A list as a whole. */
    public Attribute<List<Attribute<String>>> list(String name) {
        Attribute<List<Attribute<String>>> list = lists.get(name);
        if (list == null) {
            throw new IllegalArgumentException("no list attribute " + name);
        }
        return list;
    }

    private <T> Attribute<T> typed(String name, Class<T> type) {
        Attribute<?> a = singles.get(name);
        if (a == null) {
            throw new IllegalArgumentException("no attribute " + name);
        }
        return new Attribute<>(name, type.cast(a.value()), a.origin(), a.place());
    }
}
