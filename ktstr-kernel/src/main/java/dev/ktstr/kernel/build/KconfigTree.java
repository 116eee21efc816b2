package dev.ktstr.kernel.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a source tree's Kconfig files say options depend on; enough of the language (kernel's
 * Documentation/kbuild/kconfig-language.rst) to name what keeps an option from being set.
 *
 * <p>Understood: {@code config}, {@code menuconfig}, {@code choice}, {@code menu}, {@code if}, {@code source},
 * {@code depends on}, and conditions of prompts. Calls of macros are kept as text and never judged.
 */
final class KconfigTree {
    private static final int MAX_FILES = 5_000;
    private static final long MAX_SIZE = 4 << 20;
    private static final Pattern ENTRY = Pattern.compile("(?:menu)?config\\s+([A-Za-z0-9_]+)");
    private static final Pattern SOURCE = Pattern.compile("(?:o?r?)source\\s+\"?([^\"\\s]+)\"?");
    private static final Pattern PROMPT = Pattern.compile(
            "(?:bool|tristate|string|hex|int|prompt)\\s+(?:\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*')\\s*(?:if\\s+(.*))?");

    private final Path top;
    private final String srcArch;
    private final Map<String, Symbol> symbols = new HashMap<>();
    private final Set<Path> read = new HashSet<>();
    private final Deque<Frame> open = new ArrayDeque<>();

    /**
     * What is known of an option.
     *
     * @param definitions one per place that defines it: what must hold there
     */
    record Symbol(String name, List<Definition> definitions) {}

    /**
     * One definition.
     *
     * @param conditions each must hold for the option to be set by hand, as written
     * @param hasPrompt whether it can be set by hand at all; else only others select it
     */
    record Definition(List<String> conditions, boolean hasPrompt) {}

    private record Frame(String kind, List<String> conditions) {}

    private KconfigTree(Path top, String srcArch) {
        this.top = top;
        this.srcArch = srcArch;
    }

    /** Reads a tree's Kconfig files from its top; files that are missing or cannot be read are passed over. */
    static KconfigTree read(Path top, Architecture architecture) {
        KconfigTree tree = new KconfigTree(top, architecture.folder());
        tree.file("Kconfig");
        return tree;
    }

    /** Whether any definition of the option was found. */
    boolean knows(String name) {
        return symbols.containsKey(name);
    }

    /** The definitions of an option; none when it is not known. */
    List<Definition> definitions(String name) {
        Symbol symbol = symbols.get(name);
        return symbol == null ? List.of() : symbol.definitions();
    }

    private void file(String name) {
        Path file = top.resolve(name).normalize();
        if (!file.startsWith(top) || read.size() >= MAX_FILES || !read.add(file)) {
            return;
        }
        List<String> lines;
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_SIZE) {
                return;
            }
            lines = joined(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return; // only what is said about a blocked option gets poorer
        }
        new Reader(lines).read();
    }

    /** Lines with their continuations. */
    private static List<String> joined(String text) {
        return text.replace("\\\n", " ").lines().toList();
    }

    /** Reads the lines of one file; the frames that are open go on into the files it sources. */
    private final class Reader {
        private final List<String> lines;
        private int at;

        Reader(List<String> lines) {
            this.lines = lines;
        }

        void read() {
            while (at < lines.size()) {
                String line = withoutComment(lines.get(at++));
                Matcher entry = ENTRY.matcher(line);
                Matcher source = SOURCE.matcher(line);
                if (entry.matches()) {
                    entry(entry.group(1));
                } else if (source.matches()) {
                    file(source.group(1).replace("$(SRCARCH)", srcArch));
                } else if (line.startsWith("if ")) {
                    open.push(new Frame(
                            "if", new ArrayList<>(List.of(line.substring(3).strip()))));
                } else if (line.startsWith("menu ") || line.equals("choice") || line.startsWith("choice ")) {
                    open.push(new Frame(line.startsWith("menu ") ? "menu" : "choice", new ArrayList<>()));
                    attributes(open.peek().conditions());
                } else if (line.equals("endif") || line.equals("endmenu") || line.equals("endchoice")) {
                    open.pollFirst();
                }
            }
        }

        private void entry(String name) {
            List<String> conditions = new ArrayList<>();
            open.descendingIterator().forEachRemaining(f -> conditions.addAll(f.conditions()));
            boolean prompt = attributes(conditions);
            symbols.computeIfAbsent(name, n -> new Symbol(n, new ArrayList<>()))
                    .definitions()
                    .add(new Definition(List.copyOf(conditions), prompt));
        }

        /** Reads the indented lines below an entry; true when it has a prompt. */
        private boolean attributes(List<String> conditions) {
            boolean prompt = false;
            while (at < lines.size() && !startsEntry(lines.get(at))) {
                String line = withoutComment(lines.get(at++));
                if (line.equals("help") || line.equals("---help---")) {
                    skipHelp();
                } else if (line.startsWith("depends on ")) {
                    conditions.add(line.substring("depends on ".length()).strip());
                } else {
                    Matcher m = PROMPT.matcher(line);
                    if (m.matches()) {
                        prompt = true;
                        if (m.group(1) != null) {
                            conditions.add(m.group(1).strip());
                        }
                    }
                }
            }
            return prompt;
        }

        /** Attributes are indented; what stands at the margin starts the next entry. */
        private boolean startsEntry(String line) {
            return !line.isBlank() && !Character.isWhitespace(line.charAt(0)) && line.charAt(0) != '#';
        }

        /** Help is what is indented at least as far as its first line. */
        private void skipHelp() {
            while (at < lines.size() && lines.get(at).isBlank()) {
                at++;
            }
            int indent = at < lines.size() ? indent(lines.get(at)) : 0;
            while (at < lines.size() && indent > 0 && (lines.get(at).isBlank() || indent(lines.get(at)) >= indent)) {
                at++;
            }
        }

        private static int indent(String line) {
            int columns = 0;
            for (int i = 0; i < line.length() && Character.isWhitespace(line.charAt(i)); i++) {
                columns += line.charAt(i) == '\t' ? 8 - columns % 8 : 1;
            }
            return columns;
        }

        private static String withoutComment(String line) {
            int hash = line.indexOf('#');
            boolean quoted = line.indexOf('"') >= 0 && line.indexOf('"') < hash;
            return (hash < 0 || quoted ? line : line.substring(0, hash)).strip();
        }
    }
}
