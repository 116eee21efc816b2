package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Attribute;
import dev.ktstr.processor.model.Origin;
import dev.ktstr.processor.model.TestModel;

/** Numbers of a test that must be positive, and attributes that mean nothing without a scheduler. */
final class TestRules {
    private final Diagnostics out;

    TestRules(Diagnostics out) {
        this.out = out;
    }

    void check(TestModel test) {
        for (Attribute<Integer> n : test.numbers()) {
            if (n.value() < 1) {
                out.add(
                        Codes.NUMBER_NOT_POSITIVE,
                        n.location(),
                        n.text() + " of " + test.name() + " is not above 0",
                        consequence(n.name()),
                        "write " + n.name() + " = 1 or more");
            }
        }
        test.scheduler()
                .wrong()
                .ifPresent(wrong -> out.add(
                        Codes.NOT_A_SCHEDULER,
                        test.scheduler().location(),
                        "scheduler of " + test.name() + " names " + wrong + ", which is not annotated @Scheduler",
                        "The harness does not know what to start",
                        "name a type annotated @Scheduler"));
        if (runsKernelScheduler(test)) {
            warnWithoutScheduler(test, test.extraSchedArgs(), "there is no program to give them to");
        }
    }

    private void warnWithoutScheduler(TestModel test, Attribute<?> attribute, String why) {
        if (attribute.origin() == Origin.TEST) {
            out.add(
                    Codes.NEEDS_SCHEDULER,
                    attribute.location(),
                    attribute.name() + " of " + test.name() + " has no effect without a scheduler",
                    "The test runs on the kernel's own scheduler, EEVDF, so " + why,
                    "name a scheduler, or drop " + attribute.name());
        }
    }

    private static boolean runsKernelScheduler(TestModel test) {
        return test.scheduler().model().isEmpty()
                && test.scheduler().wrong().isEmpty()
                && !test.scheduler().unresolved();
    }

    private static String consequence(String name) {
        return switch (name) {
            case "memoryMb" -> "The guest cannot boot without memory";
            case "durationS" -> "The scenario would end before it starts";
            case "workersPerCgroup" -> "A cgroup without workers gives nothing to judge";
            default -> throw new IllegalArgumentException("no number attribute " + name);
        };
    }
}
