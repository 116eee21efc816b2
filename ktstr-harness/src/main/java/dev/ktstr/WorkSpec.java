package dev.ktstr;

import org.jspecify.annotations.Nullable;

/**
 * A group of equal workers in a cgroup. What it leaves out it takes from its cgroup.
 *
 * @param workers how many, or null for the cgroup's count
 * @param workType what each does, or null for the cgroup's type
 */
public record WorkSpec(@Nullable Integer workers, @Nullable WorkType workType) {
    /** @throws IllegalArgumentException when {@code workers} is not positive */
    public WorkSpec {
        if (workers != null && workers < 1) {
            throw new IllegalArgumentException("a group needs at least one worker, got " + workers);
        }
    }

    /** A group that takes everything from its cgroup. */
    public static WorkSpec inherit() {
        return new WorkSpec(null, null);
    }

    /** The same group with that many workers. */
    public WorkSpec workers(int count) {
        return new WorkSpec(count, workType);
    }

    /** The same group doing that work. */
    public WorkSpec workType(WorkType type) {
        return new WorkSpec(workers, type);
    }
}
