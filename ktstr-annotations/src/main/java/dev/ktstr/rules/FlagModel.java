package dev.ktstr.rules;

import dev.ktstr.spec.SchedulerFlag;
import java.util.List;

/**
 * A constant of a scheduler enum.
 *
 * @param constant its own name, {@code REJECT_PIN}
 * @param place the constant
 * @param annotated whether it carries {@code @Flag}
 * @param args arguments that switch the flag on
 * @param requires constants it needs
 */
public record FlagModel(
        String constant, Place place, boolean annotated, List<String> args, List<Attribute<String>> requires) {
    /** The flag's name, {@code reject-pin}. */
    public String name() {
        return SchedulerFlag.kebab(constant);
    }

    /** The flag by names alone. */
    public SchedulerFlag flag() {
        return new SchedulerFlag(
                name(),
                args,
                requires.stream().map(r -> SchedulerFlag.kebab(r.value())).toList());
    }
}
