package dev.ktstr.processor.model;

import java.util.List;
import java.util.Locale;
import javax.lang.model.element.VariableElement;

/**
 * A constant of a scheduler enum.
 *
 * @param element the constant
 * @param annotated whether it carries {@code @Flag}
 * @param args arguments that switch the flag on
 * @param requires constants it needs, each with its place in the source
 */
public record FlagModel(
        VariableElement element, boolean annotated, List<String> args, List<Attribute<String>> requires) {
    /** The constant's own name, {@code REJECT_PIN}. */
    public String constant() {
        return element.getSimpleName().toString();
    }

    /** The flag's name, {@code reject-pin}. */
    public String name() {
        return kebab(constant());
    }

    /** Turns the name of a constant into that of its flag: {@code REJECT_PIN} into {@code reject-pin}. */
    public static String kebab(String constant) {
        return constant.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                .replace('_', '-')
                .toLowerCase(Locale.ROOT);
    }
}
