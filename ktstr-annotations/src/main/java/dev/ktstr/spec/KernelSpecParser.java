package dev.ktstr.spec;

import dev.ktstr.spec.KernelSpec.CacheKey;
import dev.ktstr.spec.KernelSpec.Distribution;
import dev.ktstr.spec.KernelSpec.Git;
import dev.ktstr.spec.KernelSpec.Git.RefKind;
import dev.ktstr.spec.KernelSpec.Host;
import dev.ktstr.spec.KernelSpec.PathSpec;
import dev.ktstr.spec.KernelSpec.Range;
import dev.ktstr.spec.KernelSpec.Version;
import dev.ktstr.spec.KernelSpec.VersionPrefix;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads kernel specs, and finds the nearest valid form of what is none. */
final class KernelSpecParser {
    private static final Pattern PREFIX = Pattern.compile("\\d{1,5}\\.\\d{1,5}");
    private static final Pattern BARE_VERSION = Pattern.compile("\\d{1,5}\\.\\d{1,5}(\\.\\d{1,5})?(-rc\\d{1,5})?");
    private static final Pattern VERSION =
            Pattern.compile(BARE_VERSION + "([-+_~][A-Za-z0-9.+_~-]*)?|\\d{1,5}(\\.\\d{1,5}){2}\\.[A-Za-z0-9.+_~-]*");
    /** Keys of built kernels end in the hash of their configuration, and may start with a version. */
    private static final Pattern BUILT_KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_~-]{0,180}-kc[0-9a-f]{8}");

    private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9.+_~-]{0,199}");
    private static final Pattern RANGE = Pattern.compile("([^=]*?)\\.\\.(=?)([^.=][^=]*)");
    private static final Pattern SUITE = Pattern.compile("[a-z][a-z0-9-]{0,60}");
    private static final Pattern URL = Pattern.compile("(https?|ssh|git|file)://[^\\s#]+");
    private static final Pattern REF = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/+~-]{0,240}");
    private static final Pattern SHA = Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}");
    private static final Pattern WEB_PACKAGE = Pattern.compile("https?://\\S+\\.(deb|rpm)");
    private static final Pattern TWO_VERSIONS =
            Pattern.compile("[v=]?(\\d+\\.\\d+(?:\\.\\d+)?)\\s*(?:-|\\.{2,}=?|:|to)\\s*v?(\\d+\\.\\d+(?:\\.\\d+)?)");
    private static final Pattern ANY_PATCH = Pattern.compile("[vV]?(\\d+\\.\\d+)\\.?[xX*]?");
    private static final Pattern TAGGED = Pattern.compile("(?:v|V|linux-|Linux-)(\\d+\\.\\d+.*)");
    private static final Pattern AT_LEAST =
            Pattern.compile("(?:>=?|=>)?\\s*(\\d+\\.\\d+(?:\\.\\d+)?)(?:\\.\\.=?|\\+)?");

    private KernelSpecParser() {}

    static String label(String release) {
        Matcher m = BARE_VERSION.matcher(release);
        return m.lookingAt() ? m.group() : release;
    }

    static List<KernelSpec> parseList(String text) {
        Set<KernelSpec> specs = new LinkedHashSet<>();
        String[] parts = text.split(",", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i].strip();
            if (part.isEmpty() && parts.length > 1) {
                throw refused("'" + text + "' has nothing at place " + (i + 1) + " between its commas", "");
            }
            specs.add(parse(part));
        }
        return List.copyOf(specs);
    }

    static KernelSpec parse(String text) {
        if (text.isBlank()) {
            throw refused("a kernel spec must not be empty", "");
        }
        if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw refused("a kernel spec must not hold control characters", "");
        }
        if (text.indexOf(',') >= 0) {
            throw refused("'" + text + "' is a list; one kernel is wanted here", "");
        }
        if (text.startsWith("git+")) {
            return git(text);
        }
        if (text.startsWith("debian:")) {
            return debian(text);
        }
        if (isPackage(text)) {
            return new KernelSpec.PackageFile(text);
        }
        boolean path = text.indexOf('/') >= 0 || text.startsWith(".") || text.startsWith("~");
        boolean openRange = text.startsWith("..") && text.length() > 2 && Character.isDigit(text.charAt(2));
        return path && !openRange ? path(text) : word(text);
    }

    private static KernelSpec word(String text) {
        if (text.equals("host")) {
            return new Host(text);
        }
        if (text.equals("distro")) {
            return new Distribution(text, Optional.empty());
        }
        if (BUILT_KEY.matcher(text).matches()) {
            return new CacheKey(text);
        }
        if (PREFIX.matcher(text).matches()) {
            return new VersionPrefix(text);
        }
        if (text.contains("..")) {
            return range(text);
        }
        boolean namesARelease = VERSION.matcher(text).matches();
        if (namesARelease && !TWO_VERSIONS.matcher(text).matches()) {
            return new Version(text);
        }
        if (!namesARelease && KEY.matcher(text).matches() && nearestWord(text).isEmpty()) {
            return new CacheKey(text);
        }
        throw unknown(text, nearest(text));
    }

    private static KernelSpec path(String text) {
        if (WEB_PACKAGE.matcher(text).matches()) {
            return new KernelSpec.PackageFile(text);
        }
        if (text.contains("://")) {
            String bare = text.split("#", 2)[0];
            throw unknown(text, Optional.of("git+" + bare + "#branch=master"));
        }
        return new PathSpec(text);
    }

    private static boolean isPackage(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return (lower.endsWith(".deb") || lower.endsWith(".rpm"))
                && (!text.contains("://") || WEB_PACKAGE.matcher(text).matches());
    }

    private static KernelSpec range(String text) {
        Matcher m = RANGE.matcher(text);
        if (!m.matches()
                || !BARE_VERSION.matcher(m.group(1)).matches()
                || !BARE_VERSION.matcher(m.group(3)).matches()) {
            throw unknown(text, nearest(text));
        }
        Range range = new Range(text, m.group(1), m.group(3));
        if (!range.accepts(range.from()) && !range.accepts(range.to())) {
            throw refused(
                    "the range '" + text + "' is empty: it ends before it starts",
                    " Did you mean '" + range.to() + ".." + range.from() + "'?");
        }
        return range;
    }

    private static KernelSpec debian(String text) {
        String suite = text.substring("debian:".length());
        if (!SUITE.matcher(suite).matches()) {
            throw refused("'" + suite + "' is not the name of a Debian suite", " Did you mean 'debian:sid'?");
        }
        return new Distribution(text, Optional.of(suite));
    }

    private static KernelSpec git(String text) {
        String[] parts = text.substring("git+".length()).split("#", 2);
        String url = parts[0];
        if (!isFetchable(url)) {
            throw refused(
                    "'" + url + "' in '" + text
                            + "' is nothing git may fetch from here: a URL of scheme https, http, ssh, "
                            + "git or file, or a path with a slash",
                    scpLike(url));
        }
        if (parts.length == 1) {
            throw refused("'" + text + "' does not say which commit", " Did you mean 'git+" + url + "#branch=master'?");
        }
        String[] ref = parts[1].split("=", 2);
        if (ref.length == 1) {
            String kind = SHA.matcher(parts[1]).matches() ? "sha" : parts[1].startsWith("v") ? "tag" : "branch";
            throw refused(
                    "'" + text + "' does not say what '" + parts[1] + "' is",
                    " Did you mean 'git+" + url + "#" + kind + "=" + parts[1] + "'?");
        }
        return new Git(text, url, kind(text, ref[0]), ref(text, ref[0], ref[1]));
    }

    /** No {@code ext::} or other helper, which would run a command, and nothing git could take for an option. */
    private static boolean isFetchable(String url) {
        if (url.contains("://")) {
            return URL.matcher(url).matches();
        }
        return url.indexOf('/') >= 0 && !url.contains(":") && !url.startsWith("-");
    }

    private static String scpLike(String url) {
        int colon = url.indexOf(':');
        boolean scp = colon > 0 && url.indexOf('@') >= 0 && url.indexOf('@') < colon;
        return scp ? " Did you mean 'git+ssh://" + url.substring(0, colon) + "/" + url.substring(colon + 1) + "'?" : "";
    }

    private static RefKind kind(String text, String word) {
        for (RefKind kind : RefKind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(word)) {
                return kind;
            }
        }
        String hint = word.equals("commit") || word.equals("rev") ? "sha" : word.startsWith("t") ? "tag" : "branch";
        throw refused("'" + text + "' has '" + word + "=' after #", " Did you mean '" + hint + "='?");
    }

    private static String ref(String text, String kind, String ref) {
        if (kind.equals("sha")) {
            if (!SHA.matcher(ref).matches()) {
                throw refused(
                        "'" + ref + "' in '" + text
                                + "' is not a full commit hash of 40 digits, which is all that a server "
                                + "gives a single commit for",
                        "");
            }
            return ref.toLowerCase(Locale.ROOT);
        }
        // git-check-ref-format(1)
        if (!REF.matcher(ref).matches() || ref.contains("..") || ref.endsWith("/") || ref.endsWith(".lock")) {
            throw refused("'" + ref + "' in '" + text + "' is not the name of a " + kind, "");
        }
        return ref;
    }

    private static Optional<String> nearest(String text) {
        Optional<String> word = nearestWord(text);
        if (word.isPresent()) {
            return word;
        }
        Matcher two = TWO_VERSIONS.matcher(text);
        if (two.matches()) {
            return Optional.of(two.group(1) + ".." + two.group(2));
        }
        if (text.startsWith("..") && BARE_VERSION.matcher(text.substring(2)).matches()) {
            return Optional.of("6.12" + text);
        }
        Matcher open = AT_LEAST.matcher(text);
        if (open.matches() && !text.equals(open.group(1))) {
            return Optional.of(open.group(1) + "..99.0");
        }
        Matcher series = ANY_PATCH.matcher(text);
        if (series.matches()) {
            return Optional.of(series.group(1));
        }
        String stripped = text.strip();
        return !stripped.equals(text) && valid(stripped) ? Optional.of(stripped) : Optional.empty();
    }

    /** What a word with the looks of a cache key was surely meant to be; empty when it may well be a key. */
    private static Optional<String> nearestWord(String text) {
        Matcher tagged = TAGGED.matcher(text);
        if (tagged.matches() && valid(tagged.group(1))) {
            return Optional.of(tagged.group(1));
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "debian" -> Optional.of("debian:sid");
            case "distribution" -> Optional.of("distro");
            case "localhost", "running" -> Optional.of("host");
            default -> Optional.empty();
        };
    }

    private static boolean valid(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IllegalArgumentException unknown(String text, Optional<String> nearest) {
        return refused(
                "'" + text + "' does not name a kernel",
                nearest.map(n -> " Did you mean '" + n + "'?").orElse(""));
    }

    private static IllegalArgumentException refused(String what, String hint) {
        return new IllegalArgumentException(what + "." + hint + " " + KernelSpec.GRAMMAR);
    }
}
