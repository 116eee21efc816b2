package dev.ktstr.run.encode;

import dev.ktstr.WorkType;
import java.util.List;

/**
 * A group of workers by the number under which the agent reports on it.
 *
 * @param label its number, its place in {@link EncodedScenario#groups}
 * @param step the step that starts it, -1 for the backdrop
 * @param cgroup the cgroup it starts in, as the author named it; empty for the root
 * @param type what its workers do
 * @param cpus the CPUs of that cgroup at the start, ascending; empty for every CPU
 */
public record GroupLabel(int label, int step, String cgroup, WorkType type, List<Integer> cpus) {
    /** Copies the CPUs. */
    public GroupLabel {
        cpus = List.copyOf(cpus);
    }
}
