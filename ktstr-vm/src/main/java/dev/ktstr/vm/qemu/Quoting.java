package dev.ktstr.vm.qemu;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes an argument list so that a person can paste it into a shell. Nothing here is ever run through one. */
final class Quoting {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private Quoting() {}

    static String shell(List<String> command) {
        return command.stream()
                .map(word -> PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
