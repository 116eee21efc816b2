package dev.ktstr.spec;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to name a kernel: by path, by version, by version prefix or by cache key.
 *
 * <p>Which one a text is, is decided by its looks alone, so compile time and run time agree: a slash (or a leading dot or
 * tilde) makes a path, a leading digit a version, a leading letter a cache key. A spec names; whether such a kernel
 * exists is for the run to find out.
 */
public sealed interface KernelSpec {
    /** The grammar, in the words that every parse error ends with. */
    String GRAMMAR = "A kernel is a path with a slash to an image or a build tree (./linux, /boot/vmlinuz-6.14.2), "
            + "a version (6.14.2, 6.15-rc3, or a whole release such as 6.14.2-custom), "
            + "a version prefix for the newest of a series (6.14), "
            + "or a key from mvn ktstr:kernel-list (debian-6.14.2-cloud-amd64).";

    /** The spec as it is written; parses back to an equal value. */
    String text();

    /** An image file (bzImage or ELF vmlinux) or the top of a build tree. */
    record PathSpec(String text) implements KernelSpec {
        public PathSpec {
            Objects.requireNonNull(text);
        }
    }

    /** One exact version, {@code 6.14.2} or {@code 6.15-rc3}, or one whole release, {@code 6.14.2-custom}. */
    record Version(String text) implements KernelSpec {
        public Version {
            Objects.requireNonNull(text);
        }

        /**
         * Tells whether a kernel is the one named.
         *
         * @param release release as {@code uname -r} says it
         */
        public boolean matches(String release) {
            return release.equals(text) || label(release).equals(text);
        }
    }

    /** A series, {@code 6.14}: the newest of {@code 6.14}, {@code 6.14.1}, ... and their release candidates. */
    record VersionPrefix(String text) implements KernelSpec {
        public VersionPrefix {
            Objects.requireNonNull(text);
        }

        /**
         * Tells whether a kernel belongs to the series.
         *
         * @param release release as {@code uname -r} says it
         */
        public boolean matches(String release) {
            String label = label(release);
            return label.equals(text) || label.startsWith(text + ".") || label.startsWith(text + "-rc");
        }
    }

    /** The name of an entry of the kernel cache. */
    record CacheKey(String text) implements KernelSpec {
        public CacheKey {
            Objects.requireNonNull(text);
        }
    }

    /**
     * Reads a spec.
     *
     * @throws IllegalArgumentException when the text is none of the forms; the message shows them all
     */
    static KernelSpec parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a kernel spec must not be empty. " + GRAMMAR);
        }
        if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw new IllegalArgumentException("a kernel spec must not hold control characters. " + GRAMMAR);
        }
        if (text.indexOf('/') >= 0 || text.startsWith(".") || text.startsWith("~")) {
            return new PathSpec(text);
        }
        if (Shapes.PREFIX.matcher(text).matches()) {
            return new VersionPrefix(text);
        }
        if (Shapes.VERSION.matcher(text).matches()) {
            return new Version(text);
        }
        if (Shapes.KEY.matcher(text).matches()) {
            return new CacheKey(text);
        }
        throw new IllegalArgumentException("'" + text + "' does not name a kernel. " + GRAMMAR);
    }

    /**
     * Shortens a release to its version: {@code 7.2.13+deb14-cloud-amd64} is {@code 7.2.13}, {@code 6.15.0-rc3-dirty} is
     * {@code 6.15.0-rc3}. A text that does not start with a version is returned whole.
     */
    static String label(String release) {
        Matcher m = Shapes.LABEL.matcher(release);
        return m.lookingAt() ? m.group() : release;
    }
}

/** The patterns; an interface cannot keep them to itself. */
final class Shapes {
    static final Pattern PREFIX = Pattern.compile("\\d{1,5}\\.\\d{1,5}");
    static final Pattern VERSION =
            Pattern.compile("\\d{1,5}\\.\\d{1,5}(\\.\\d{1,5})?(-rc\\d{1,5})?([-+_~.][A-Za-z0-9.+_~-]*)?");
    static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9.+_~-]{0,199}");
    static final Pattern LABEL = Pattern.compile("\\d{1,5}\\.\\d{1,5}(\\.\\d{1,5})?(-rc\\d{1,5})?");

    private Shapes() {}
}
