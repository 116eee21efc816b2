package dev.ktstr.kernel.build;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The configuration a kernel is built with: a base of the tree's, our fragment on top, the user's on top of that.
 *
 * @param architecture what it is for
 * @param base the make target to start from
 * @param options what is asked for beyond the base; a later one of the same name has replaced an earlier
 * @param hash 8 hex digits over all of it, for cache keys
 */
public record Kconfig(Architecture architecture, Base base, List<Option> options, String hash) {
    private static final Pattern SET =
            Pattern.compile("CONFIG_([A-Za-z0-9_]{1,120})=(\"(?:[^\"\\\\]|\\\\.)*\"|-?[A-Za-z0-9_]+)");
    private static final Pattern UNSET = Pattern.compile("# CONFIG_([A-Za-z0-9_]{1,120}) is not set");
    private static final String OPTIONAL = "#:optional";
    private static final long MAX_FRAGMENT = 1 << 20;

    /** What the configuration starts from. */
    public enum Base {
        /** The least the tree can be built with: minutes instead of tens of minutes. */
        TINYCONFIG,
        /** What the architecture's maintainers take for a usual machine. */
        DEFCONFIG;

        /**
         * The base of that name.
         *
         * @throws KernelException when there is none
         */
        public static Base named(String name) {
            for (Base base : values()) {
                if (base.target().equals(name)) {
                    return base;
                }
            }
            throw new KernelException("'" + name + "' is no base of a configuration: tinyconfig or defconfig");
        }

        /** The make target. */
        public String target() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who asks for an option. */
    public enum Origin {
        /** Our fragment; the kernel does without it, and the user hears of it. */
        OURS,
        /** Our fragment, where the kernel may not know it. */
        OURS_IF_KNOWN,
        /** The user's own file: a build without it is not what was asked for. */
        USER
    }

    /**
     * An option that is asked for.
     *
     * @param name without {@code CONFIG_}
     * @param value {@code y}, {@code m}, a number, a quoted text, or {@code n} for an option that shall not be set
     */
    public record Option(String name, String value, Origin origin) {
        /** The line of a {@code .config}. */
        public String line() {
            return value.equals("n") ? "# CONFIG_" + name + " is not set" : "CONFIG_" + name + "=" + value;
        }
    }

    public Kconfig {
        options = List.copyOf(options);
    }

    /**
     * Puts a configuration together.
     *
     * @param extra a file of further options, or null
     * @throws KernelException when {@code extra} cannot be read or has a line that is none of a configuration
     */
    public static Kconfig of(Architecture architecture, Base base, @Nullable Path extra) {
        String common = resource("common.config");
        String own = resource(architecture.label() + ".config");
        Map<String, Option> options = new LinkedHashMap<>();
        parse(common, Origin.OURS, "common.config").forEach(o -> options.put(o.name(), o));
        parse(own, Origin.OURS, architecture.label() + ".config").forEach(o -> options.put(o.name(), o));
        if (extra != null) {
            parse(text(extra), Origin.USER, extra.toString()).forEach(o -> options.put(o.name(), o));
        }
        List<String> lines = new ArrayList<>(List.of(architecture.label(), base.target()));
        options.values().forEach(o -> lines.add(o.line()));
        return new Kconfig(architecture, base, List.copyOf(options.values()), hash(lines));
    }

    /** Splits a fragment into its options, refusing what is neither an option nor a comment. */
    static List<Option> parse(String text, Origin origin, String where) {
        List<Option> options = new ArrayList<>();
        Origin current = origin;
        int number = 0;
        for (String raw : text.lines().toList()) {
            number++;
            String line = raw.strip();
            Matcher set = SET.matcher(line);
            Matcher unset = UNSET.matcher(line);
            if (set.matches()) {
                options.add(new Option(set.group(1), set.group(2), current));
            } else if (unset.matches()) {
                options.add(new Option(unset.group(1), "n", current));
            } else if (line.isEmpty()) {
                current = origin;
            } else if (line.equals(OPTIONAL) && origin == Origin.OURS) {
                current = Origin.OURS_IF_KNOWN;
            } else if (!line.startsWith("#")) {
                throw new KernelException(
                        where + ":" + number + ": '" + line + "' is no line of a kernel configuration; "
                                + "write CONFIG_NAME=y, =m, =NUMBER or =\"TEXT\", or '# CONFIG_NAME is not set'");
            }
        }
        return options;
    }

    /** The options by name as a {@code .config} has them; those not set are absent. */
    public static Map<String, String> read(Path config) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Option option : parse(text(config), Origin.USER, config.toString())) {
            if (!option.value().equals("n")) {
                values.put(option.name(), option.value());
            }
        }
        return values;
    }

    /**
     * Lays the options over a base.
     *
     * @param base text of a {@code .config}
     * @return the text to run {@code olddefconfig} on; each option stands in it once
     */
    public String over(String base) {
        Map<String, Option> asked = new LinkedHashMap<>();
        options.forEach(o -> asked.put(o.name(), o));
        StringBuilder text = new StringBuilder();
        for (String line : base.lines().toList()) {
            if (named(line).filter(asked::containsKey).isEmpty()) {
                text.append(line).append('\n');
            }
        }
        asked.values().forEach(o -> text.append(o.line()).append('\n'));
        return text.toString();
    }

    private static Optional<String> named(String line) {
        for (Pattern pattern : List.of(SET, UNSET)) {
            Matcher m = pattern.matcher(line.strip());
            if (m.matches()) {
                return Optional.of(m.group(1));
            }
        }
        return Optional.empty();
    }

    private static String text(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_FRAGMENT) {
                throw new KernelException(file + " is no kernel configuration: it has " + size + " bytes");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new KernelException("cannot read the kernel configuration " + file + ": it does not exist", e);
        } catch (java.nio.file.AccessDeniedException e) {
            throw new KernelException(
                    "cannot read the kernel configuration " + file + ": this user may not; make it readable", e);
        } catch (IOException e) {
            throw new KernelException("cannot read the kernel configuration " + file + ": " + e.getMessage(), e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Kconfig.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar of ktstr-kernel; the jar is broken");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name + " from the jar: " + e.getMessage(), e);
        }
    }

    private static String hash(List<String> lines) {
        MessageDigest digest = Sha256.start();
        digest.update(String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1));
        return Sha256.hex(digest).substring(0, 8);
    }
}
