package dev.ktstr.spec;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A way to name a kernel, or several: the one grammar of {@code -Dktstr.kernel}, {@code KTSTR_KERNEL},
 * {@code @Scheduler(kernels)} and the goals.
 *
 * <p>Which form a text has is decided by its looks alone, so compile time and run time agree. A spec names; whether such a
 * kernel exists is for the run to find out.
 */
public sealed interface KernelSpec {
    /** The grammar, in the words that every parse error ends with. */
    String GRAMMAR = "A kernel is a path with a slash to an image, a build tree or a source tree (./linux, "
            + "/boot/vmlinuz-6.14.2), a version (6.14.2, 6.15-rc3, or a whole release such as 6.14.2-custom), "
            + "a prefix for the newest of a series (6.14), "
            + "a range with both ends in it (6.12..6.14 or 6.12..=6.14), "
            + "git+URL#tag=T, #branch=B or #sha=FULL_SHA, "
            + "a key from mvn ktstr:kernel-list (debian-6.14.2-cloud-amd64), "
            + "distro, debian:SUITE (debian:sid, debian:trixie-backports), a package (./kernel.deb, ./kernel.rpm), "
            + "or host; several are separated by commas.";

    /** The spec as it is written; parses back to an equal value. */
    String text();

    /**
     * Tells whether a kernel of this release is one that the spec names, for use as a filter. Only versions, prefixes and
     * ranges judge a release; every other form names a place and accepts none.
     *
     * @param release release as {@code uname -r} says it
     */
    default boolean accepts(String release) {
        return false;
    }

    /** An image file (bzImage or ELF vmlinux), the top of a build tree, or the top of a source tree. */
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
         * Tells whether a kernel is the one named: by its whole release, or by the version that the release starts with.
         * {@code 6.15-rc3} is also {@code 6.15.0-rc3}, as {@code uname -r} has it.
         */
        @Override
        public boolean accepts(String release) {
            return release.equals(text)
                    || (label(text).equals(text) && KernelVersion.leading(text).equals(KernelVersion.leading(release)));
        }

        /** The version that the text starts with. */
        public KernelVersion version() {
            return KernelVersion.leading(text).orElseThrow();
        }
    }

    /** A series, {@code 6.14}: the newest of {@code 6.14}, {@code 6.14.1}, ... and their release candidates. */
    record VersionPrefix(String text) implements KernelSpec {
        public VersionPrefix {
            Objects.requireNonNull(text);
        }

        @Override
        public boolean accepts(String release) {
            return KernelVersion.leading(release)
                    .filter(KernelVersion.leading(text).orElseThrow()::sameSeries)
                    .isPresent();
        }
    }

    /**
     * All series from one to another, the newest of each. Both ends are in it; a series as an end stands for all its
     * releases, so {@code 6.12..6.14} takes in {@code 6.14.9}.
     *
     * @param text as written; {@code ..} and {@code ..=} mean the same
     * @param from lower end, a version or a series
     * @param to upper end, likewise
     */
    record Range(String text, String from, String to) implements KernelSpec {
        public Range {
            Objects.requireNonNull(text);
            Objects.requireNonNull(from);
            Objects.requireNonNull(to);
        }

        @Override
        public boolean accepts(String release) {
            Optional<KernelVersion> version = KernelVersion.leading(release);
            return version.filter(v -> reaches(v, from) && staysBelow(v, to)).isPresent();
        }

        private static boolean reaches(KernelVersion version, String from) {
            KernelVersion end = KernelVersion.leading(from).orElseThrow();
            return version.compareTo(end) >= 0 || (isSeries(from) && version.sameSeries(end));
        }

        private static boolean staysBelow(KernelVersion version, String to) {
            KernelVersion end = KernelVersion.leading(to).orElseThrow();
            return version.compareTo(end) <= 0 || (isSeries(to) && version.sameSeries(end));
        }

        private static boolean isSeries(String end) {
            return end.matches("\\d+\\.\\d+");
        }
    }

    /**
     * A commit of a git repository.
     *
     * @param url what git fetches from: a URL of scheme https, http, ssh, git or file, or a path with a slash
     * @param kind what {@code ref} is
     * @param ref tag, branch, or full commit hash
     */
    record Git(String text, String url, RefKind kind, String ref) implements KernelSpec {
        /** The ways to name a commit; in a spec they are written in lower case. */
        public enum RefKind {
            TAG,
            BRANCH,
            SHA
        }

        public Git {
            Objects.requireNonNull(text);
            Objects.requireNonNull(url);
            Objects.requireNonNull(kind);
            Objects.requireNonNull(ref);
        }
    }

    /** The name of an entry of the kernel cache. */
    record CacheKey(String text) implements KernelSpec {
        public CacheKey {
            Objects.requireNonNull(text);
        }
    }

    /**
     * A distribution's ready-made kernel.
     *
     * @param text {@code distro}, or {@code debian:SUITE}
     * @param suite the suite; empty for {@code distro}, which leaves the choice to the fetcher
     */
    record Distribution(String text, Optional<String> suite) implements KernelSpec {
        public Distribution {
            Objects.requireNonNull(text);
            Objects.requireNonNull(suite);
        }
    }

    /** A kernel package, {@code .deb} or {@code .rpm}: a path, with or without a slash, or an http or https URL. */
    record PackageFile(String text) implements KernelSpec {
        public PackageFile {
            Objects.requireNonNull(text);
        }
    }

    /** The host's own kernel. */
    record Host(String text) implements KernelSpec {
        public Host {
            Objects.requireNonNull(text);
        }
    }

    /**
     * Reads a spec.
     *
     * @throws IllegalArgumentException when the text is none of the forms; the message has the nearest one that is, where
     *     there is one, and shows them all
     */
    static KernelSpec parse(String text) {
        return KernelSpecParser.parse(text);
    }

    /**
     * Reads specs separated by commas, blanks around them allowed; one that is there twice counts once. A path with a comma
     * in it cannot be written.
     *
     * @return at least one, in the order written
     * @throws IllegalArgumentException when one of them is none of the forms; the message says which
     */
    static List<KernelSpec> parseList(String text) {
        return KernelSpecParser.parseList(text);
    }

    /**
     * Shortens a release to its version: {@code 7.2.13+deb14-cloud-amd64} is {@code 7.2.13}, {@code 6.15.0-rc3-dirty} is
     * {@code 6.15.0-rc3}. A text that does not start with a version is returned whole.
     */
    static String label(String release) {
        return KernelSpecParser.label(release);
    }
}
