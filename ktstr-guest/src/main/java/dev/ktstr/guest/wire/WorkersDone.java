package dev.ktstr.guest.wire;

import java.util.List;

/**
 * Workers that have ended; any number of these comes before the {@link StepDone} of their step, or before the answer to
 * what ended them.
 *
 * @param workers their reports
 */
public record WorkersDone(List<WorkerReport> workers) {
    public WorkersDone {
        workers = List.copyOf(workers);
    }
}
