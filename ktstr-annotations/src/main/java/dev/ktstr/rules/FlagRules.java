package dev.ktstr.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Flags are the constants of a scheduler enum, and what they require exists and is not circular. */
final class FlagRules {
    private final Findings out;

    FlagRules(Findings out) {
        this.out = out;
    }

    void check(SchedulerModel scheduler) {
        Map<String, FlagModel> byConstant = new LinkedHashMap<>();
        Map<String, FlagModel> byName = new HashMap<>();
        for (FlagModel flag : scheduler.flags()) {
            byConstant.put(flag.constant(), flag);
            checkAnnotated(scheduler, flag);
            FlagModel other = byName.putIfAbsent(flag.name(), flag);
            if (other != null) {
                out.add(
                        Codes.FLAG_NAME_TWICE,
                        flag.place(),
                        flag.constant() + " and " + other.constant() + " of " + scheduler.display()
                                + " are both the flag " + flag.name(),
                        "Profiles are named after their flags and could not tell the two apart",
                        "rename one of the constants");
            }
        }
        for (FlagModel flag : scheduler.flags()) {
            for (Attribute<String> required : flag.requires()) {
                checkRequired(scheduler, flag, required, byConstant);
            }
        }
        checkCycles(scheduler, byConstant);
    }

    private void checkAnnotated(SchedulerModel scheduler, FlagModel flag) {
        if (!flag.annotated()) {
            out.add(
                    Codes.FLAG_MISSING,
                    flag.place(),
                    "constant " + flag.constant() + " of " + scheduler.display() + " has no @Flag",
                    "The constants of a scheduler enum are its flags, and this one has no arguments",
                    "write @Flag(args = \"--" + flag.name() + "\") on it");
        }
    }

    private void checkRequired(
            SchedulerModel scheduler, FlagModel flag, Attribute<String> required, Map<String, FlagModel> known) {
        if (required.value().equals(flag.constant())) {
            out.add(
                    Codes.FLAG_REQUIRES_ITSELF,
                    required.place(),
                    "flag " + flag.constant() + " of " + scheduler.display() + " requires itself",
                    "That says nothing, and hints at another flag that was meant",
                    "drop " + flag.constant() + " from requires");
        } else if (!known.containsKey(required.value())) {
            String hint = Suggestions.nearest(required.value(), known.keySet())
                    .map(name -> "did you mean " + name + "?")
                    .orElse("write one of " + String.join(", ", known.keySet()));
            out.add(
                    Codes.FLAG_REQUIRES_UNKNOWN,
                    required.place(),
                    "flag " + flag.constant() + " requires \"" + required.value() + "\", which is no constant of "
                            + scheduler.display(),
                    "No profile could hold both",
                    hint);
        }
    }

    /** Reports each cycle once, at the first of its flags in declaration order. */
    private void checkCycles(SchedulerModel scheduler, Map<String, FlagModel> flags) {
        Set<String> reported = new HashSet<>();
        for (FlagModel start : flags.values()) {
            List<String> cycle = cycleThrough(start, flags);
            if (cycle.size() > 1 && !reported.contains(start.constant())) {
                reported.addAll(cycle);
                Place where = start.requires().stream()
                        .filter(r -> r.value().equals(cycle.get(1)))
                        .findFirst()
                        .map(Attribute::place)
                        .orElse(start.place());
                out.add(
                        Codes.FLAG_REQUIRES_CYCLE,
                        where,
                        "flags of " + scheduler.display() + " require each other in a circle: "
                                + String.join(" -> ", cycle) + " -> " + start.constant(),
                        "They could only be used all together, which is one flag",
                        "drop one of these requires, or make them one constant");
            }
        }
    }

    /** The shortest chain of requirements from a flag back to itself, starting with it; empty when there is none. */
    private static List<String> cycleThrough(FlagModel start, Map<String, FlagModel> flags) {
        List<List<String>> paths = new ArrayList<>();
        Set<String> seen = new HashSet<>(Set.of(start.constant()));
        paths.add(List.of(start.constant()));
        for (int i = 0; i < paths.size(); i++) {
            List<String> path = paths.get(i);
            for (Attribute<String> next : flags.get(path.get(path.size() - 1)).requires()) {
                if (next.value().equals(start.constant()) && path.size() > 1) {
                    return path;
                }
                if (flags.containsKey(next.value()) && seen.add(next.value())) {
                    List<String> longer = new ArrayList<>(path);
                    longer.add(next.value());
                    paths.add(longer);
                }
            }
        }
        return List.of();
    }
}
