package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A step that has ended.
 *
 * @param report how it went
 * @param workers its workers, in order of cgroup and group
 */
public record StepDone(StepReport report, List<WorkerReport> workers) {
    public StepDone {
        workers = List.copyOf(workers);
    }
}
