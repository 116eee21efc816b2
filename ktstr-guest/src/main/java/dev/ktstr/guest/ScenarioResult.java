package dev.ktstr.guest;

import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.WorkerReport;
import java.util.List;
import java.util.Optional;

/**
 * What came of a scenario.
 *
 * @param steps the steps that were begun, in order
 * @param workers every worker that ended with those steps, in order of their end: the steps', then the backdrop's
 * @param events what was done to the guest, in order
 * @param payloads programs that ran beside the workers, in order of their end
 * @param startedNs when the first step was set up, {@code CLOCK_MONOTONIC} of the guest
 * @param endedNs when the last one was cleared away
 * @param completedSteps steps held in full
 * @param schedulerExit how the scheduler ended, if it did while the scenario ran
 */
public record ScenarioResult(
        List<StepReport> steps,
        List<WorkerReport> workers,
        List<StimulusEvent> events,
        List<PayloadDone> payloads,
        long startedNs,
        long endedNs,
        int completedSteps,
        Optional<SchedulerExit> schedulerExit) {
    public ScenarioResult {
        steps = List.copyOf(steps);
        workers = List.copyOf(workers);
        events = List.copyOf(events);
        payloads = List.copyOf(payloads);
    }
}
