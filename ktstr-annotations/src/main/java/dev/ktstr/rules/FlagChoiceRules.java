package dev.ktstr.rules;

import dev.ktstr.spec.FlagProfile;
import dev.ktstr.spec.SchedulerFlag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The flags that a test requires and excludes exist and leave a profile, and not too many. */
final class FlagChoiceRules {
    private final Findings out;

    FlagChoiceRules(Findings out) {
        this.out = out;
    }

    void check(TestModel test) {
        if (test.scheduler().unresolved() || test.scheduler().wrong().isPresent()) {
            return;
        }
        Map<String, FlagModel> flags = new LinkedHashMap<>();
        test.scheduler().model().ifPresent(s -> s.flags().forEach(f -> flags.put(f.constant(), f)));
        List<Attribute<String>> required = known(test, "requiredFlags", flags);
        List<Attribute<String>> excluded = known(test, "excludedFlags", flags);
        Set<String> both = new LinkedHashSet<>();
        for (Attribute<String> e : excluded) {
            if (required.stream().anyMatch(r -> r.value().equals(e.value()))) {
                both.add(e.value());
                out.add(
                        Codes.FLAG_REQUIRED_AND_EXCLUDED,
                        e.place(),
                        test.name() + " both requires and excludes the flag " + e.value(),
                        "No profile can have and not have it",
                        "drop it from one of the two");
            }
        }
        for (Attribute<String> e : excluded) {
            if (!both.contains(e.value())) {
                checkNeeded(test, e, required, flags);
            }
        }
        checkCount(test, required, excluded);
    }

    private List<Attribute<String>> known(TestModel test, String attribute, Map<String, FlagModel> flags) {
        List<Attribute<String>> known = new ArrayList<>();
        for (Attribute<String> flag : test.values().strings(attribute)) {
            if (flags.containsKey(flag.value())) {
                known.add(flag);
            } else if (flags.isEmpty()) {
                out.add(
                        Codes.FLAGS_OF_NONE,
                        flag.place(),
                        attribute + " of " + test.name() + " holds " + Attribute.quote(flag.value()) + ", and "
                                + (test.scheduler().isKernels()
                                        ? "the test names no scheduler"
                                        : test.scheduler().display() + " has no flags"),
                        "There is nothing to switch on or off",
                        "drop " + attribute + ", or name a scheduler that is an enum of flags");
            } else {
                out.add(
                        Codes.FLAG_UNKNOWN,
                        flag.place(),
                        attribute + " of " + test.name() + " holds " + Attribute.quote(flag.value())
                                + ", which is no constant of "
                                + test.scheduler().display(),
                        "No profile could be chosen by it",
                        Suggestions.nearest(flag.value(), flags.keySet())
                                .map(name -> "did you mean " + name + "?")
                                .orElse("write one of " + String.join(", ", flags.keySet())));
            }
        }
        return known;
    }

    private void checkNeeded(
            TestModel test,
            Attribute<String> excluded,
            List<Attribute<String>> required,
            Map<String, FlagModel> flags) {
        for (Attribute<String> r : required) {
            if (closure(r.value(), flags).contains(excluded.value())) {
                out.add(
                        Codes.FLAG_EXCLUDED_BUT_NEEDED,
                        excluded.place(),
                        test.name() + " excludes " + excluded.value() + ", which the flag " + r.value()
                                + " that it requires cannot be used without",
                        "No profile has the one and not the other",
                        "drop " + r.value() + " from requiredFlags, or " + excluded.value() + " from excludedFlags");
                return;
            }
        }
    }

    private static Set<String> closure(String flag, Map<String, FlagModel> flags) {
        List<String> found = new ArrayList<>(List.of(flag));
        for (int i = 0; i < found.size(); i++) {
            FlagModel next = flags.get(found.get(i));
            if (next != null) {
                next.requires().stream()
                        .map(Attribute::value)
                        .filter(name -> !found.contains(name))
                        .forEach(found::add);
            }
        }
        return Set.copyOf(found);
    }

    /** Counts by making them: where the choice or the flags themselves are wrong, that was said already. */
    private void checkCount(TestModel test, List<Attribute<String>> required, List<Attribute<String>> excluded) {
        if (out.hasErrors() || test.scheduler().model().isEmpty()) {
            return;
        }
        SchedulerModel s = test.scheduler().model().get();
        Findings flagErrors = new Findings();
        new FlagRules(flagErrors).check(s);
        if (!flagErrors.hasErrors() && FlagProfile.exceed(s.plainFlags(), names(required), names(excluded))) {
            out.add(
                    Codes.TOO_MANY_PROFILES,
                    test.scheduler().place(),
                    test.name() + " has more than " + FlagProfile.MAX + " profiles of the flags of " + s.display(),
                    "Each is a variant on every preset, and they would never all be run",
                    "write requiredFlags or excludedFlags on " + test.name() + " to choose among them");
        }
    }

    private static List<String> names(List<Attribute<String>> constants) {
        return constants.stream().map(c -> SchedulerFlag.kebab(c.value())).toList();
    }
}
