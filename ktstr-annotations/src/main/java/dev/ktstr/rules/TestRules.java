package dev.ktstr.rules;

import java.util.List;

/** Numbers of a test that must be positive, and attributes that mean nothing without a scheduler. */
final class TestRules {
    private static final List<String> POSITIVE =
            List.of("memoryMb", "watchdogTimeoutS", "durationS", "workersPerCgroup");
    private static final int MOST_SNAPSHOTS = 64;

    private final Findings out;

    TestRules(Findings out) {
        this.out = out;
    }

    void check(TestModel test) {
        for (String name : POSITIVE) {
            Attribute<Integer> n = test.values().integer(name);
            if (n.value() < 1) {
                out.add(
                        Codes.NUMBER_NOT_POSITIVE,
                        n.place(),
                        n.text() + " of " + test.name() + " is not above 0",
                        consequence(n.name()),
                        "write " + n.name() + " = 1 or more");
            }
        }
        checkSnapshots(test);
        test.scheduler()
                .wrong()
                .ifPresent(wrong -> out.add(
                        Codes.NOT_A_SCHEDULER,
                        test.scheduler().place(),
                        "scheduler of " + test.name() + " names " + wrong + ", which is not annotated @Scheduler",
                        "The harness does not know what to start",
                        "name a type annotated @Scheduler"));
        checkWithoutProgram(test);
    }

    private void checkSnapshots(TestModel test) {
        Attribute<Integer> n = test.values().integer("numSnapshots");
        if (n.value() < 0 || n.value() > MOST_SNAPSHOTS) {
            out.add(
                    Codes.SNAPSHOTS_RANGE,
                    n.place(),
                    n.text() + " of " + test.name() + " is not between 0 and " + MOST_SNAPSHOTS,
                    "Each capture stops the guest for a moment, and more would disturb what is measured",
                    "write a number from 1 to " + MOST_SNAPSHOTS + ", or drop numSnapshots");
        } else if (n.value() > 0 && !test.values().string("postVm").written()) {
            out.add(
                    Codes.SNAPSHOTS_WITHOUT_POST_VM,
                    n.place(),
                    n.text() + " of " + test.name() + " has no effect on the verdict without postVm",
                    "The captures are made, and nothing looks at them",
                    "write postVm = \"name of a method\", or drop numSnapshots");
        }
    }

    private void checkWithoutProgram(TestModel test) {
        if (test.scheduler().isKernels()) {
            String eevdf = "The test runs on the kernel's own scheduler, EEVDF, so ";
            warn(
                    Codes.NEEDS_SCHEDULER,
                    test,
                    test.values().list("extraSchedArgs"),
                    "without a scheduler",
                    eevdf + "there is no program to give them to");
            warn(
                    Codes.NEEDS_SCHEDULER,
                    test,
                    test.values().string("config"),
                    "without a scheduler",
                    eevdf + "there is no program to give it to");
            warn(
                    Codes.NEEDS_SCHEDULER,
                    test,
                    test.values().integer("watchdogTimeoutS"),
                    "without a scheduler",
                    eevdf + "sched_ext watches nothing");
        }
        boolean builtin = test.scheduler()
                .model()
                .filter(s -> !s.values().texts("kernelBuiltinEnable").isEmpty())
                .isPresent();
        if (builtin) {
            warn(
                    Codes.NO_EFFECT,
                    test,
                    test.values().list("extraSchedArgs"),
                    "with a scheduler of the kernel",
                    test.scheduler().display() + " is switched on by commands, so there is no program to give them to");
        }
    }

    private void warn(Codes code, TestModel test, Attribute<?> attribute, String when, String why) {
        if (attribute.origin() == Origin.TEST) {
            out.add(
                    code,
                    attribute.place(),
                    attribute.name() + " of " + test.name() + " has no effect " + when,
                    why,
                    (code == Codes.NEEDS_SCHEDULER ? "name a scheduler, or drop " : "drop ") + attribute.name());
        }
    }

    private static String consequence(String name) {
        return switch (name) {
            case "memoryMb" -> "The guest cannot boot without memory";
            case "durationS" -> "The scenario would end before it starts";
            case "watchdogTimeoutS" -> "Every scheduler would be ended at once";
            case "workersPerCgroup" -> "A cgroup without workers gives nothing to judge";
            default -> throw new IllegalArgumentException("no number attribute " + name);
        };
    }
}
