package dev.ktstr.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A threshold is a number that a run can both meet and miss, and one that is judged at all. */
final class CheckRules {
    private static final Set<String> FRACTIONS =
            Set.of("minPageLocality", "maxCrossNodeMigrationRatio", "maxSlowTierRatio");

    private final Findings out;

    CheckRules(Findings out) {
        this.out = out;
    }

    void check(SchedulerModel scheduler) {
        check(written(scheduler.values()), Origin.SCHEDULER, scheduler.display(), "");
    }

    void check(TestModel test) {
        check(written(test.values()), Origin.TEST, test.name(), test.scheduler().display());
    }

    private static List<Attribute<?>> written(Attributes values) {
        List<Attribute<?>> written = new ArrayList<>();
        Thresholds.ALL.keySet().forEach(name -> values.find(name).ifPresent(written::add));
        return written;
    }

    private void check(List<Attribute<?>> checks, Origin own, String subject, String parent) {
        for (Attribute<?> c : checks) {
            if (c.origin() == own && c.value() instanceof Number number) {
                checkNumber(c, number.doubleValue(), subject);
            }
        }
        Optional<Attribute<?>> off = checks.stream()
                .filter(c -> c.name().equals("notStarved") && Boolean.FALSE.equals(c.value()))
                .findFirst();
        for (Attribute<?> c : checks) {
            boolean part = c.name().equals("maxSpreadPct") || c.name().equals("maxGapMs");
            if (part && c.origin() == own && off.isPresent()) {
                String where = off.get().origin() == own ? "" : " (inherited from " + parent + ")";
                out.add(
                        Codes.CHECK_WITHOUT_NOT_STARVED,
                        c.place(),
                        c.text() + " of " + subject + " is not judged, because notStarved = false" + where,
                        "Spread and gap are parts of the starvation check, which is off",
                        "write notStarved = true, or drop " + c.name());
            }
        }
    }

    private static boolean mustBePositive(String name) {
        return name.startsWith("max") || name.equals("sustainedSamples");
    }

    private void checkNumber(Attribute<?> c, double value, String subject) {
        if (!Double.isFinite(value)) {
            out.add(
                    Codes.CHECK_NOT_A_NUMBER,
                    c.place(),
                    c.text() + " of " + subject + " is not a finite number",
                    "No measurement compares with it, so the check could never fail",
                    "write a finite number, or drop " + c.name());
        } else if (FRACTIONS.contains(c.name())) {
            if (value < 0 || value > 1) {
                out.add(
                        Codes.CHECK_NOT_A_FRACTION,
                        c.place(),
                        c.text() + " of " + subject + " is not between 0 and 1",
                        "It is compared with a share of all pages, so the check could never "
                                + (value < 0 == c.name().startsWith("max") ? "pass" : "fail"),
                        "write a fraction, such as " + c.name() + " = 0.9");
            }
        } else if (mustBePositive(c.name()) && value <= 0) {
            out.add(
                    Codes.CHECK_NOT_POSITIVE,
                    c.place(),
                    c.text() + " of " + subject + " is not above 0",
                    c.name().startsWith("max")
                            ? "Real workers never stay within such a limit, so the test could never pass"
                            : "A check that needs no sample could never fail, or always",
                    c.name().startsWith("max")
                            ? "write the largest " + c.name() + " that you accept, above 0"
                            : "write " + c.name() + " = 1 or more");
        } else if (c.name().endsWith("Pct") && value > 100) {
            out.add(
                    Codes.CHECK_ABOVE_100_PERCENT,
                    c.place(),
                    c.text() + " of " + subject + " is above 100",
                    "It limits a difference between two percentages, so the check could never fail",
                    "write a percentage up to 100, such as " + c.name() + " = 20.0");
        } else if (value < 0) {
            out.add(
                    Codes.CHECK_NEGATIVE,
                    c.place(),
                    c.text() + " of " + subject + " is below 0",
                    "A rate is never negative, so the check could never fail",
                    "write the lowest " + c.name() + " that you accept, 0 or more");
        }
    }
}
