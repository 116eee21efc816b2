package dev.ktstr;

/**
 * Workers for {@link Ctx#spawn}: a group of equal ones, and the cgroup they run in. An immutable value.
 *
 * @param work what they are and do; names their number
 * @param cgroup where they run, empty for the root cgroup
 */
public record WorkloadConfig(WorkSpec work, String cgroup) {
    /** @throws IllegalArgumentException when {@code work} names no number of workers */
    public WorkloadConfig {
        if (work.workers() == null) {
            throw new IllegalArgumentException(
                    "workers that are spawned one by one need a number. Hint: WorkloadConfig.of(2, …), or workers(2)");
        }
    }

    /** That many workers that do that work, in the root cgroup. */
    public static WorkloadConfig of(int workers, WorkType type) {
        return of(WorkSpec.of(type).workers(workers));
    }

    /** Workers of that description, in the root cgroup. */
    public static WorkloadConfig of(WorkSpec work) {
        return new WorkloadConfig(work, "");
    }

    /** The same in a cgroup. */
    public WorkloadConfig in(String name) {
        return new WorkloadConfig(work, name);
    }
}
