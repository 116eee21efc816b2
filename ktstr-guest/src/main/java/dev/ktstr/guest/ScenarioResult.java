package dev.ktstr.guest;

import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.guest.wire.WorkerReport;
import java.util.List;
import java.util.Optional;

/**
 * What came of a scenario.
 *
 * @param steps the steps that were begun, in order
 * @param workers every worker of those steps, in order of step, cgroup and group
 * @param startedNs when the first step was set up, {@code CLOCK_MONOTONIC} of the guest
 * @param endedNs when the last one was cleared away
 * @param schedulerExit how the scheduler ended, if it did while the scenario ran
 */
public record ScenarioResult(
        List<StepReport> steps,
        List<WorkerReport> workers,
        long startedNs,
        long endedNs,
        Optional<SchedulerExit> schedulerExit) {
    public ScenarioResult {
        steps = List.copyOf(steps);
        workers = List.copyOf(workers);
    }
}
