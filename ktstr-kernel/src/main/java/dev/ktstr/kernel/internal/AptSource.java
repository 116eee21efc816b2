package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Debian mirror this system is configured to use, whichever it is.
 *
 * <p>Reads {@code sources.list} and {@code sources.list.d}, both formats of sources.list(5): one line per source, and
 * deb822 paragraphs. A Debian mirror is an archive whose path ends in {@code /debian}; that leaves out security archives
 * ({@code /debian-security}) and third parties.
 *
 * @param uri the mirror
 * @param signedBy the value of Signed-By: key ring paths, fingerprints, or a whole key over several lines; null when the
 *     system trusts its default key rings for it
 * @param trusted whether the system is told to take what it has without a signature, {@code trusted=yes}
 */
public record AptSource(String uri, @Nullable String signedBy, boolean trusted) {
    private static final Pattern ONE_LINE = Pattern.compile("deb(?:\\s+\\[([^\\]]*)])?\\s+(\\S+)\\s+\\S+.*");

    /**
     * Finds the mirror.
     *
     * @param etcApt {@code /etc/apt}
     * @throws KernelException when none is configured, naming the files looked at
     */
    public static AptSource ofSystem(Path etcApt) {
        List<Path> files = new ArrayList<>();
        if (Files.exists(etcApt.resolve("sources.list"))) {
            files.add(etcApt.resolve("sources.list"));
        }
        for (Path file : Folders.list(etcApt.resolve("sources.list.d"))) {
            if (file.toString().endsWith(".list") || file.toString().endsWith(".sources")) {
                files.add(file);
            }
        }
        for (Path file : files) {
            List<AptSource> sources = file.toString().endsWith(".sources") ? deb822(text(file)) : oneLine(text(file));
            for (AptSource source : sources) {
                if (isDebianMirror(source.uri)) {
                    return source;
                }
            }
        }
        throw new KernelException("no Debian mirror is configured on this system: no source in "
                + (files.isEmpty() ? etcApt.toString() : files.toString())
                + " has a URI that ends in /debian. kernel-fetch takes ready-made kernels from Debian; on another"
                + " distribution name a kernel of yours with -Dktstr.kernel=...");
    }

    /** A deb822 source for one suite, with the same mirror, key and trust. */
    public String toDeb822(String suite, String architecture) {
        String source = "Types: deb\nURIs: " + uri + "\nSuites: " + suite + "\nComponents: main\nArchitectures: "
                + architecture + "\n";
        return source + (trusted ? "Trusted: yes\n" : "") + (signedBy == null ? "" : "Signed-By: " + signedBy + "\n");
    }

    private static boolean isDebianMirror(String uri) {
        try {
            String path = new URI(uri).getPath();
            return path != null && (path.endsWith("/debian") || path.endsWith("/debian/"));
        } catch (URISyntaxException e) {
            // apt's own forms (mirror+file:...) and mistakes; neither is a mirror that we can derive a suite from.
            return false;
        }
    }

    private static List<AptSource> oneLine(String text) {
        List<AptSource> found = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher m = ONE_LINE.matcher(line.strip());
            if (m.matches()) {
                String options = m.group(1) == null ? "" : m.group(1);
                found.add(new AptSource(
                        m.group(2), option(options, "signed-by"), "yes".equals(option(options, "trusted"))));
            }
        }
        return found;
    }

    private static @Nullable String option(String options, String name) {
        return Arrays.stream(options.strip().split("\\s+"))
                .filter(o -> o.toLowerCase(Locale.ROOT).startsWith(name + "="))
                .map(o -> o.substring(name.length() + 1).replace(',', ' '))
                .findFirst()
                .orElse(null);
    }

    private static List<AptSource> deb822(String text) {
        List<AptSource> found = new ArrayList<>();
        for (Map<String, String> paragraph : paragraphs(text)) {
            boolean binaries = List.of(words(paragraph.get("types"))).contains("deb");
            if (binaries && !"no".equals(paragraph.get("enabled"))) {
                for (String uri : words(paragraph.get("uris"))) {
                    found.add(new AptSource(uri, paragraph.get("signed-by"), "yes".equals(paragraph.get("trusted"))));
                }
            }
        }
        return found;
    }

    /**
     * Splits deb822 text (deb822(5)): fields by lower-case name, continuation lines kept as they are written, comments
     * dropped.
     */
    public static List<Map<String, String>> paragraphs(String text) {
        List<Map<String, String>> all = new ArrayList<>();
        Map<String, String> current = new LinkedHashMap<>();
        String field = null;
        for (String line : text.lines().toList()) {
            if (line.startsWith("#")) {
                continue;
            }
            if (line.isBlank()) {
                if (!current.isEmpty()) {
                    all.add(current);
                    current = new LinkedHashMap<>();
                }
                field = null;
            } else if (Character.isWhitespace(line.charAt(0))) {
                if (field != null) {
                    current.merge(field, "\n" + line, String::concat);
                }
            } else if (line.indexOf(':') > 0) {
                field = line.substring(0, line.indexOf(':')).strip().toLowerCase(Locale.ROOT);
                current.put(field, line.substring(line.indexOf(':') + 1).strip());
            }
        }
        if (!current.isEmpty()) {
            all.add(current);
        }
        return all;
    }

    private static String[] words(@Nullable String value) {
        return value == null || value.isBlank() ? new String[0] : value.strip().split("\\s+");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw ImageFile.failed("read the package sources", file, e);
        }
    }
}
