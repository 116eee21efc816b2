package dev.ktstr.processor.model;

/**
 * An attribute after inheritance.
 *
 * @param name as in the annotation: {@code llcs}
 * @param value the value in force
 * @param origin who wrote it
 * @param location where it is written; the annotation as a whole when it is written nowhere
 */
public record Attribute<T>(String name, T value, Origin origin, Location location) {
    /** Whether this value stands in the source, on the test or on its scheduler. */
    public boolean written() {
        return origin != Origin.DEFAULT;
    }

    /** {@code llcs = 3}, as the user would write it. */
    public String text() {
        return name + " = " + value;
    }
}
