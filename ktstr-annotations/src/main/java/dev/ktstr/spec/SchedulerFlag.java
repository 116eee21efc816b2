package dev.ktstr.spec;

import java.util.List;
import java.util.Locale;

/**
 * A flag of a scheduler.
 *
 * @param name in kebab-case, {@code reject-pin}
 * @param args arguments that switch it on
 * @param requires names of flags it cannot be used without
 */
public record SchedulerFlag(String name, List<String> args, List<String> requires) {
    /** Copies the lists. */
    public SchedulerFlag {
        args = List.copyOf(args);
        requires = List.copyOf(requires);
    }

    /** Turns the name of an enum constant into that of its flag: {@code REJECT_PIN} into {@code reject-pin}. */
    public static String kebab(String constant) {
        return constant.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                .replace('_', '-')
                .toLowerCase(Locale.ROOT);
    }
}
