package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.ClaimableUnit;
import dev.ktstr.processor.model.Location;
import dev.ktstr.rules.Codes;
import dev.ktstr.rules.Findings;
import dev.ktstr.rules.Suggestions;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/** What is claimed of can be seen from the generated class, and has something to claim. */
final class ClaimableRules {
    private final Findings out;

    ClaimableRules(Findings out) {
        this.out = out;
    }

    void check(ClaimableUnit claimable) {
        TypeElement type = claimable.type();
        String name = type.getSimpleName().toString();
        if (isPrivate(type)) {
            out.add(
                    Codes.CLAIMABLE_PRIVATE,
                    Location.of(type),
                    "@Claimable on " + name + ", which is private or inside a private type",
                    "The generated class is in the same package and could not see it",
                    "drop private");
        }
        List<String> accessors = claimable.accessors().stream()
                .map(a -> a.getSimpleName().toString())
                .toList();
        if (accessors.isEmpty()) {
            out.add(
                    Codes.CLAIMABLE_NOTHING,
                    Location.of(type),
                    "@Claimable on " + name + ", which has no method that takes nothing and returns something",
                    "There would be nothing to claim",
                    "annotate the record that holds the values");
            return;
        }
        String subject = claimable.subject().value();
        if (!subject.isEmpty() && !accessors.contains(subject)) {
            out.add(
                    Codes.CLAIMABLE_SUBJECT,
                    claimable.subject().place(),
                    "subject = \"" + subject + "\" is no method of " + name
                            + " that takes nothing and returns something",
                    "Labels could not say which " + name + " they are about",
                    Suggestions.nearest(subject, accessors)
                            .map(similar -> "did you mean \"" + similar + "\"")
                            .orElse("write one of " + String.join(", ", accessors)));
        }
    }

    private static boolean isPrivate(TypeElement type) {
        for (Element e = type; e instanceof TypeElement; e = e.getEnclosingElement()) {
            if (e.getModifiers().contains(Modifier.PRIVATE)) {
                return true;
            }
        }
        return false;
    }
}
