package dev.ktstr.maven;

import dev.ktstr.run.OptionNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Resolves a goal's option: command line ({@code -Dktstr.suite}), environment ({@code KTSTR_SUITE}), POM
 * ({@code <suite>}), default. Maven's own order puts the POM above the command line, so parameters go through here.
 */
record Options(Properties commandLine, Map<String, String> environment) {
    /** The value of {@code ktstr.NAME}; blank counts as not given. */
    String text(String name, @Nullable String fromPom, String otherwise) {
        Optional<String> given = ofRun().get(name);
        if (given.isPresent()) {
            return given.get();
        }
        return fromPom == null || fromPom.isBlank() ? otherwise : fromPom.strip();
    }

    /**
     * As {@link #text}, for a switch: {@code -Dktstr.NAME} without a value turns it on.
     *
     * @throws dev.ktstr.run.RunException when the value is none of a switch
     */
    boolean flag(String name, @Nullable String fromPom) {
        String value = text(name, fromPom, "");
        return new dev.ktstr.run.Options(n -> value, n -> null).on(name);
    }

    /** A line for each option whose name is nearly one that there is. */
    List<String> misspelt() {
        return OptionNames.misspelt(commandLine.stringPropertyNames(), environment.keySet());
    }

    private dev.ktstr.run.Options ofRun() {
        return new dev.ktstr.run.Options(commandLine::getProperty, environment::get);
    }
}
