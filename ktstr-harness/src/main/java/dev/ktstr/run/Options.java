package dev.ktstr.run;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run: {@code -Dktstr.<option>} first, then {@code KTSTR_<OPTION>}. An empty value counts as not set.
 *
 * @param property reads a system property
 * @param environment reads an environment variable
 */
public record Options(Lookup property, Lookup environment) {
    /** Reads a value by name, null when there is none. */
    @FunctionalInterface
    public interface Lookup {
        @Nullable
        String get(String name);
    }

    /** The options of this process. */
    public static Options ofProcess() {
        return new Options(System::getProperty, System::getenv);
    }

    /** The value of an option such as {@code kernel} or {@code scheduler.path}. */
    public Optional<String> get(String option) {
        String value = property.get("ktstr." + option);
        if (value == null || value.isBlank()) {
            value = environment.get("KTSTR_" + environmentName(option));
        }
        return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.trim());
    }

    /**
     * The value of an option that is a whole number above zero.
     *
     * @throws RunException when it is something else
     */
    public OptionalInt positive(String option) {
        Optional<String> text = get(option);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value > 0) {
                return OptionalInt.of(value);
            }
        } catch (NumberFormatException e) {
            // Said below, with the option's name.
        }
        throw RunException.setup(
                "options", "-Dktstr." + option + "=" + text.get() + " is not a whole number above zero.");
    }

    /** Whether a switch is on that is off unless it is set. */
    public boolean on(String option) {
        return on(option, false);
    }

    /**
     * Whether a switch is on: {@code true}, {@code on}, {@code yes} or {@code 1}, against {@code false}, {@code off},
     * {@code no} or {@code 0}.
     *
     * @param otherwise what it is when it is not set
     * @throws RunException when it is set to something else
     */
    public boolean on(String option, boolean otherwise) {
        Optional<String> text = get(option);
        if (text.isEmpty()) {
            return otherwise;
        }
        return switch (text.get().toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes", "1" -> true;
            case "false", "off", "no", "0" -> false;
            default ->
                throw RunException.setup(
                        "options", "-Dktstr." + option + "=" + text.get() + " is a switch: true or false.");
        };
    }

    /**
     * The value of an option that is a time in seconds.
     *
     * @throws RunException when it is something else than a whole number above zero
     */
    public Duration seconds(String option, Duration otherwise) {
        OptionalInt seconds = positive(option);
        return seconds.isPresent() ? Duration.ofSeconds(seconds.getAsInt()) : otherwise;
    }

    static String environmentName(String option) {
        UnaryOperator<String> upper = text -> text.toUpperCase(Locale.ROOT);
        return upper.apply(option).replaceAll("[^A-Z0-9]", "_");
    }
}
