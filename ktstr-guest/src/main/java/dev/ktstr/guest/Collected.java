package dev.ktstr.guest;

import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.ScenarioDone;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.WorkerReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the agent told in the course of one request, before it answered. Thread-safe. */
final class Collected {
    private final List<StepReport> steps = new ArrayList<>();
    private final List<WorkerReport> workers = new ArrayList<>();
    private final List<StimulusEvent> events = new ArrayList<>();
    private final List<PayloadDone> payloads = new ArrayList<>();

    synchronized void step(StepReport value) {
        steps.add(value);
    }

    synchronized void workers(List<WorkerReport> values) {
        workers.addAll(values);
    }

    synchronized void event(StimulusEvent value) {
        events.add(value);
    }

    synchronized void payload(PayloadDone value) {
        payloads.add(value);
    }

    /** The workers that ended. */
    synchronized List<WorkerReport> workers() {
        return List.copyOf(workers);
    }

    /** As the course of a scenario. */
    synchronized ScenarioResult result(ScenarioDone done, Optional<SchedulerExit> exit) {
        return new ScenarioResult(
                steps,
                workers,
                events,
                payloads,
                done.startedNs(),
                done.endedNs(),
                done.completedSteps(),
                done.schedulerDied() ? exit : Optional.empty());
    }

    /** As the course of single operations; forgets it. */
    synchronized LiveWork.Ended takeEnded() {
        LiveWork.Ended ended = new LiveWork.Ended(workers, payloads, events);
        workers.clear();
        payloads.clear();
        events.clear();
        return ended;
    }

    /** Takes over what another has. */
    void add(Collected other) {
        LiveWork.Ended ended = other.takeEnded();
        synchronized (this) {
            workers.addAll(ended.workers());
            payloads.addAll(ended.payloads());
            events.addAll(ended.events());
        }
    }
}
