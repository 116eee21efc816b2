package dev.ktstr;

import java.time.Duration;
import java.util.List;

/** What a test sees of its run: a booted guest with its scheduler attached, waiting for a scenario. */
public interface Ctx {
    /** The topology, as the guest shows it. */
    TestTopology topo();

    /** The duration of the scenario. */
    Duration duration();

    /** Name of the scheduler under test; {@code eevdf} for the kernel's own. */
    String scheduler();

    /** The guest itself. */
    Guest guest();

    /** What the scheduler has printed so far, stdout and stderr; empty without one. */
    String schedulerLog();

    /** Runs these cgroups side by side for the whole duration, and checks what their workers report. */
    default AssertResult executeDefs(CgroupDef... defs) {
        return executeSteps(List.of(new Step(List.of(defs), HoldSpec.FULL)));
    }

    /** Runs the steps one after another, and checks what their workers report. */
    default AssertResult executeSteps(Step... steps) {
        return executeSteps(List.of(steps));
    }

    /** Runs the steps one after another, and checks what their workers report. */
    default AssertResult executeSteps(List<Step> steps) {
        return executeStepsWith(Assert.NO_OVERRIDES, steps);
    }

    /**
     * Runs the steps with thresholds of its own, which win over the scheduler's and the test's.
     *
     * @throws IllegalArgumentException when a cpuset cannot be met; nothing was started then
     */
    AssertResult executeStepsWith(Assert checks, List<Step> steps);

    /**
     * Begins claims on single values. Those whose {@link Claims#result} the test never asks for count all the same, so that
     * none is lost.
     */
    Claims claims();
}
