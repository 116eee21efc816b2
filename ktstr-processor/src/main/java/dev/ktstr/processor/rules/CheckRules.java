package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Attribute;
import dev.ktstr.processor.model.Origin;
import dev.ktstr.processor.model.SchedulerModel;
import dev.ktstr.processor.model.TestModel;
import java.util.List;
import java.util.Optional;

/** A threshold is a number that a run can both meet and miss, and one that is judged at all. */
final class CheckRules {
    private final Diagnostics out;

    CheckRules(Diagnostics out) {
        this.out = out;
    }

    void check(SchedulerModel scheduler) {
        check(scheduler.checks(), Origin.SCHEDULER, scheduler.display(), "");
    }

    void check(TestModel test) {
        String parent = test.scheduler().model().map(SchedulerModel::display).orElse("");
        check(test.checks(), Origin.TEST, test.name(), parent);
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
                        c.location(),
                        c.text() + " of " + subject + " is not judged, because notStarved = false" + where,
                        "Spread and gap are parts of the starvation check, which is off",
                        "write notStarved = true, or drop " + c.name());
            }
        }
    }

    private void checkNumber(Attribute<?> c, double value, String subject) {
        if (!Double.isFinite(value)) {
            out.add(
                    Codes.CHECK_NOT_A_NUMBER,
                    c.location(),
                    c.text() + " of " + subject + " is not a finite number",
                    "No measurement compares with it, so the check could never fail",
                    "write a finite number, or drop " + c.name());
        } else if (c.name().startsWith("max") && value <= 0) {
            out.add(
                    Codes.CHECK_NOT_POSITIVE,
                    c.location(),
                    c.text() + " of " + subject + " is not above 0",
                    "Real workers never stay within such a limit, so the test could never pass",
                    "write the largest " + c.name() + " that you accept, above 0");
        } else if (c.name().endsWith("Pct") && value > 100) {
            out.add(
                    Codes.CHECK_ABOVE_100_PERCENT,
                    c.location(),
                    c.text() + " of " + subject + " is above 100",
                    "It limits a difference between two percentages, so the check could never fail",
                    "write a percentage up to 100, such as " + c.name() + " = 20.0");
        } else if (value < 0) {
            out.add(
                    Codes.CHECK_NEGATIVE,
                    c.location(),
                    c.text() + " of " + subject + " is below 0",
                    "A rate is never negative, so the check could never fail",
                    "write the lowest " + c.name() + " that you accept, 0 or more");
        }
    }
}
