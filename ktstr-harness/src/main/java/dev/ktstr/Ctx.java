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
     * Runs the test's {@code payload} and waits for its end, the test's {@code workloads} beside it. It may take the test's
     * duration and some grace; then it is killed, and has failed. A test whose body does not call this has its payload run
     * when the body has returned.
     *
     * @throws IllegalStateException when the test names no payload
     */
    AssertResult runPayload();

    /**
     * A payload, to be run once more or with other arguments than its own; of any class annotated with {@code @Payload}. What
     * is wrong with it counts as that of a scenario does: when the test returns it, or returns nothing.
     */
    PayloadCall payload(Class<?> type);

    /** All payloads that ended so far, in order: the test's, those of ops, and those of {@link #payload}. */
    List<PayloadResult> payloads();

    /** Cgroups, one operation at a time; see {@link CgroupGroup} for an example. */
    Cgroups cgroups();

    /**
     * Spawns workers that wait in their cgroup for {@link WorkloadHandle#start}. Those that still run when the test's body
     * returns are stopped.
     *
     * @throws IllegalArgumentException when the test made no such cgroup, or the workers are not sound: a count that does not
     *     divide, an affinity that cannot be met
     */
    WorkloadHandle spawn(WorkloadConfig config);

    /** Checks what workers reported against the thresholds in force, as a scenario's are. */
    AssertResult check(CgroupStats... stats);

    /**
     * Begins claims on single values. Those whose {@link Claims#result} the test never asks for count all the same, so that
     * none is lost.
     */
    default Claims claims() {
        return new Claims();
    }
}
