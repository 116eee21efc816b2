package dev.ktstr.maven;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A program or library that ktstr needs from the system; a line of {@code requirements.tsv}, which the shell scripts read
 * too.
 *
 * @param kind who needs it
 * @param name what it is called in the table
 * @param probe the command that shows it is there: an argument list, run without a shell
 * @param minimum least version; null when the command's success is enough
 * @param debianPackage the Debian package that has it
 * @param backports whether the package is to come from the release's backports suite
 * @param why what it is needed for, a phrase
 */
record Requirement(
        Kind kind,
        String name,
        List<String> probe,
        @Nullable String minimum,
        String debianPackage,
        boolean backports,
        String why) {
    private static final String RESOURCE = "requirements.tsv";

    /** Who needs it. */
    enum Kind {
        /** Everyone. */
        RUN,
        /** Who builds kernels. */
        KERNEL,
        /** Who builds ktstr itself. */
        BUILD,
        /** Who runs all of ktstr's own tests. */
        TEST;

        /** The word in the table and in {@code -Dktstr.scope}. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Kind> of(String word) {
            return Arrays.stream(values()).filter(k -> k.word().equals(word)).findFirst();
        }

        /** Whether who is of this kind needs what {@code other} needs. */
        boolean includes(Kind other) {
            return this == TEST || other == this || other == RUN;
        }
    }

    Requirement {
        probe = List.copyOf(probe);
    }

    /** The requirements that this plugin was built with. */
    static List<Requirement> all() {
        try (InputStream in = Requirement.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not in the plugin's jar; the jar is broken");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + RESOURCE + " from the plugin's jar: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the table; lines that are blank or start with {@code #} are skipped.
     *
     * @throws IllegalStateException for a line that is not of the form, naming it
     */
    static List<Requirement> parse(String text) {
        List<Requirement> all = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                all.add(parseLine(line, number));
            }
        }
        return List.copyOf(all);
    }

    private static Requirement parseLine(String line, int number) {
        String[] f = line.split("\t", -1);
        boolean whole = f.length == 7 && Arrays.stream(f).noneMatch(String::isBlank);
        if (!whole || Kind.of(f[0]).isEmpty() || !List.of("main", "backports").contains(f[5])) {
            throw new IllegalStateException(RESOURCE + ":" + number + ": not a requirement: " + line);
        }
        return new Requirement(
                Kind.of(f[0]).orElseThrow(),
                f[1],
                List.of(f[2].split(" +", -1)),
                f[3].equals("-") ? null : f[3],
                f[4],
                f[5].equals("backports"),
                f[6]);
    }
}
