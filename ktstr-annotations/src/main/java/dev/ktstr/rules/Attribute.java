package dev.ktstr.rules;

/**
 * An attribute after inheritance.
 *
 * @param name as in the annotation: {@code llcs}
 * @param value the value in force
 * @param origin who wrote it
 * @param place where it is written; the annotation as a whole when it is written nowhere
 */
public record Attribute<T>(String name, T value, Origin origin, Place place) {
    /** Whether this value stands in the source, on the test or on its scheduler. */
    public boolean written() {
        return origin != Origin.DEFAULT;
    }

    /** {@code llcs = 3}, as the user would write it; a long text is cut. */
    public String text() {
        return name + " = " + (value instanceof String s ? quote(s) : value);
    }

    /** A text in quotes, at most 60 characters of it, so that a message stays readable. */
    static String quote(String text) {
        return '"' + (text.length() > 60 ? text.substring(0, 57) + "..." : text) + '"';
    }
}
