package dev.ktstr.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kernel command line's words that belong to the harness, and why. */
final class KernelArgs {
    private static final Map<String, String> RESERVED = reserved();

    private KernelArgs() {}

    /** Says why a word is the harness's; empty when a user may write it. */
    static Optional<String> reserved(String word) {
        if (word.equals("--")) {
            return Optional.of("what follows it would go to the guest agent instead of the kernel");
        }
        int end = word.indexOf('=');
        String name = end < 0 ? word : word.substring(0, end);
        // The kernel takes '-' and '_' in a parameter's name for the same character (kernel/params.c, parameqn).
        return Optional.ofNullable(RESERVED.get(name.replace('-', '_')));
    }

    /** Splits like the kernel does: at white space outside double quotes (lib/cmdline.c, next_arg). */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (Character.isWhitespace(c) && !quoted) {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        words.removeIf(String::isEmpty);
        return words;
    }

    private static Map<String, String> reserved() {
        Map<String, String> r = new LinkedHashMap<>();
        r.put("console", "the harness reads panics and stalls from the console it chose");
        r.put("init", "the guest agent is the init process");
        r.put("rdinit", "the guest agent is the init process");
        r.put("nokaslr", "the harness decides where the kernel is loaded, to find its symbols");
        r.put("loglevel", "the harness needs the kernel's messages to explain a failure");
        r.put("memmap", "it could move or cover the memory that host and guest share");
        r.put("panic", "the harness must see a panic at once");
        return r;
    }
}
