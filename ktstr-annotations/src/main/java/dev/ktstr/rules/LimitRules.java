package dev.ktstr.rules;

import dev.ktstr.spec.TopologyLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The bounds on the gauntlet's topologies are positive, in order, and leave a preset. */
final class LimitRules {
    private static final List<String> WHAT = List.of("Llcs", "Cpus", "NumaNodes");

    private final Findings out;

    LimitRules(Findings out) {
        this.out = out;
    }

    /** Reads limits that have passed, or any ints at all. */
    static TopologyLimits limits(Attributes values) {
        return new TopologyLimits(
                values.integer("minLlcs").value(),
                values.integer("maxLlcs").value(),
                values.integer("minCpus").value(),
                values.integer("maxCpus").value(),
                values.integer("minNumaNodes").value(),
                values.integer("maxNumaNodes").value(),
                values.bool("requiresSmt").value());
    }

    void check(SchedulerModel scheduler) {
        check(scheduler.values(), Origin.SCHEDULER, scheduler.display(), "");
    }

    void check(TestModel test) {
        check(test.values(), Origin.TEST, test.name(), test.scheduler().display());
    }

    private void check(Attributes values, Origin own, String subject, String parent) {
        List<Attribute<?>> written = new ArrayList<>();
        boolean sound = true;
        for (String what : WHAT) {
            Attribute<Integer> min = values.integer("min" + what);
            Attribute<Integer> max = values.integer("max" + what);
            for (Attribute<Integer> bound : List.of(min, max)) {
                if (bound.origin() == own) {
                    written.add(bound);
                    sound &= checkPositive(bound, subject);
                }
            }
            if (min.value() > max.value()) {
                sound = false;
                reportOrder(min, max, own, subject, parent);
            }
        }
        Attribute<Boolean> smt = values.bool("requiresSmt");
        if (smt.origin() == own) {
            written.add(smt);
        }
        if (sound && !written.isEmpty() && limits(values).presets().isEmpty()) {
            out.add(
                    Codes.NO_PRESET,
                    written.get(0).place(),
                    "no preset of the gauntlet satisfies the constraints of " + subject + ": "
                            + describe(values, parent),
                    "Its gauntlet would have no variants",
                    "widen the constraints; the documentation lists the presets");
        }
    }

    private boolean checkPositive(Attribute<Integer> bound, String subject) {
        if (bound.value() > 0) {
            return true;
        }
        out.add(
                Codes.LIMIT_NOT_POSITIVE,
                bound.place(),
                bound.text() + " of " + subject + " is not above 0",
                bound.name().startsWith("min") ? "Every topology has at least one" : "No topology has so few",
                "write " + bound.name() + " = 1 or more");
        return false;
    }

    private void reportOrder(
            Attribute<Integer> min, Attribute<Integer> max, Origin own, String subject, String parent) {
        if (min.value() < 1 || max.value() < 1 || (min.origin() != own && max.origin() != own)) {
            return;
        }
        String hint;
        if (!max.written()) {
            hint = "set " + max.name() + " explicitly: " + max.name() + " = " + min.value() + " or more";
        } else if (!min.written()) {
            hint = "write " + max.name() + " = " + min.value() + " or more";
        } else {
            hint = "lower " + min.name() + ", or raise " + max.name();
        }
        out.add(
                Codes.MIN_ABOVE_MAX,
                (min.origin() == own ? min : max).place(),
                explain(min, parent, own) + " of " + subject + " is above " + explain(max, parent, own),
                "No topology is within the two",
                hint);
    }

    private static String explain(Attribute<?> bound, String parent, Origin own) {
        String from =
                bound.origin() == own ? "" : bound.written() ? " (inherited from " + parent + ")" : " (the default)";
        return bound.text() + from;
    }

    private static String describe(Attributes values, String parent) {
        List<String> parts = new ArrayList<>();
        for (String what : WHAT) {
            parts.add(range(values.integer("min" + what), values.integer("max" + what)) + " "
                    + (what.equals("NumaNodes")
                            ? "NUMA nodes"
                            : what.toUpperCase(Locale.ROOT).replace("S", "s")));
        }
        if (values.bool("requiresSmt").value()) {
            parts.add("SMT");
        }
        return String.join(", ", parts) + (parent.isEmpty() ? "" : " (some may be inherited from " + parent + ")");
    }

    private static String range(Attribute<Integer> min, Attribute<Integer> max) {
        return min.value() + " to " + max.value();
    }
}
