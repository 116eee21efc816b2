package dev.ktstr;

import java.time.Duration;
import java.util.List;

/** What a test sees of its run: a booted guest with its scheduler attached, waiting for a scenario. */
public interface Ctx {
    /** The topology, as the guest shows it. */
    TestTopology topo();

    /** The duration of the scenario. */
    Duration duration();

    /** Workers of a group that names no count. */
    int workersPerCgroup();

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

    /** Runs the steps with thresholds of its own, which win over the scheduler's and the test's. */
    default AssertResult executeStepsWith(Assert checks, List<Step> steps) {
        return executeScenarioWith(checks, Backdrop.EMPTY, steps);
    }

    /** Runs the steps one after another before a backdrop that lives through all of them. */
    default AssertResult executeScenario(Backdrop backdrop, Step... steps) {
        return executeScenarioWith(Assert.NO_OVERRIDES, backdrop, List.of(steps));
    }

    /**
     * Runs a scenario: a backdrop that lives through all steps, and the steps one after another.
     *
     * @param checks thresholds that win over the scheduler's and the test's
     * @throws IllegalArgumentException when the scenario is not sound on this topology: an op names a cgroup that is not
     *     there, a cpuset cannot be met, worker groups do not come out even. The message says where; nothing was started
     *     then
     */
    AssertResult executeScenarioWith(Assert checks, Backdrop backdrop, List<Step> steps);

    /**
     * Begins claims on single values. Those whose {@link Claims#result} the test never asks for count all the same, so that
     * none is lost.
     */
    default Claims claims() {
        return new Claims();
    }
}
