package dev.ktstr.maven;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a goal's option: command line ({@code -Dktstr.suite}), environment ({@code KTSTR_SUITE}), POM
 * ({@code <suite>}), default. Maven's own order puts the POM above the command line, so parameters go through here.
 */
record Options(Properties commandLine, Map<String, String> environment) {
    /** The value of {@code ktstr.NAME}; blank counts as not given. */
    String text(String name, @Nullable String fromPom, String otherwise) {
        String given = commandLine.getProperty("ktstr." + name, "").strip();
        if (!given.isEmpty()) {
            return given;
        }
        String variable = "KTSTR_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        String set = environment.getOrDefault(variable, "").strip();
        if (!set.isEmpty()) {
            return set;
        }
        return fromPom == null || fromPom.isBlank() ? otherwise : fromPom.strip();
    }

    /** As {@link #text}, for a switch: {@code -Dktstr.NAME} without a value turns it on. */
    boolean flag(String name, @Nullable String fromPom) {
        return Boolean.parseBoolean(text(name, fromPom, "false"));
    }
}
