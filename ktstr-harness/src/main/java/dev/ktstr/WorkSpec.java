package dev.ktstr;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A group of equal workers in a cgroup. An immutable value; what is null it takes from its cgroup, and what is null there
 * from the defaults: spinning processes of policy normal and nice 0 on every CPU of the cgroup.
 *
 * @param workers how many; by default the test's {@code workersPerCgroup}
 * @param workType what each does
 * @param policy scheduling policy
 * @param affinity CPU affinity within the cgroup
 * @param memPolicy where their memory comes from
 * @param mpolFlags flags of {@code memPolicy}
 * @param nice nice level, -20 to 19
 * @param comm name of each worker's thread, at most 15 bytes
 * @param pcomm name of a leader process; all workers of the cgroup that name the same are its threads. At most 15 bytes
 * @param cloneMode processes or threads
 * @param swappable whether {@code -Dktstr.workType} may put other work in its place
 */
public record WorkSpec(
        @Nullable Integer workers,
        @Nullable WorkType workType,
        @Nullable SchedPolicy policy,
        @Nullable Affinity affinity,
        @Nullable MemPolicy memPolicy,
        @Nullable MpolFlags mpolFlags,
        @Nullable Integer nice,
        @Nullable String comm,
        @Nullable String pcomm,
        @Nullable CloneMode cloneMode,
        @Nullable Boolean swappable) {
    private static final WorkSpec INHERIT =
            new WorkSpec(null, null, null, null, null, null, null, null, null, null, null);

    /** Most workers that may live at one time; as many slots the agent has. */
    public static final int MAX_WORKERS = 4096;

    /** TASK_COMM_LEN of the kernel, less the final NUL. */
    private static final int COMM_BYTES = 15;

    /** @throws IllegalArgumentException when a value is out of the kernel's range */
    public WorkSpec {
        if (workers != null && workers < 1) {
            throw new IllegalArgumentException("a group needs at least one worker, got " + workers);
        }
        if (workers != null && workers > MAX_WORKERS) {
            throw new IllegalArgumentException(
                    "a guest can run " + MAX_WORKERS + " workers at a time, a group of " + workers + " is too many");
        }
        if (nice != null) {
            Limits.within("nice", nice, -20, 19);
        }
        requireComm("comm", comm);
        requireComm("pcomm", pcomm);
    }

    private static void requireComm(String what, @Nullable String name) {
        if (name == null) {
            return;
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > COMM_BYTES) {
            throw new IllegalArgumentException(what + " '" + name + "' must be 1 to " + COMM_BYTES + " bytes, it has "
                    + bytes + ": the kernel keeps no more of a thread's name");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " '" + name.replaceAll("\\p{Cntrl}", "?") + "' has control characters");
        }
    }

    /** A group that takes everything from its cgroup. */
    public static WorkSpec inherit() {
        return INHERIT;
    }

    /** A group that does that work, and takes everything else from its cgroup. */
    public static WorkSpec of(WorkType type) {
        return INHERIT.workType(type);
    }

    /** The same group with that many workers. */
    public WorkSpec workers(int count) {
        return new WorkSpec(
                count, workType, policy, affinity, memPolicy, mpolFlags, nice, comm, pcomm, cloneMode, swappable);
    }

    /** The same group doing that work. */
    public WorkSpec workType(WorkType type) {
        return new WorkSpec(
                workers, type, policy, affinity, memPolicy, mpolFlags, nice, comm, pcomm, cloneMode, swappable);
    }

    /** The same group under that policy. */
    public WorkSpec policy(SchedPolicy newPolicy) {
        return new WorkSpec(
                workers, workType, newPolicy, affinity, memPolicy, mpolFlags, nice, comm, pcomm, cloneMode, swappable);
    }

    /** The same group with that affinity. */
    public WorkSpec affinity(Affinity newAffinity) {
        return new WorkSpec(
                workers, workType, policy, newAffinity, memPolicy, mpolFlags, nice, comm, pcomm, cloneMode, swappable);
    }

    /** The same group with its memory from there. */
    public WorkSpec memPolicy(MemPolicy newMemPolicy) {
        return memPolicy(newMemPolicy, MpolFlags.NONE);
    }

    /**
     * The same group with its memory from there.
     *
     * @throws IllegalArgumentException when the kernel takes no such flags with that policy
     */
    public WorkSpec memPolicy(MemPolicy newMemPolicy, MpolFlags flags) {
        newMemPolicy.requireTakes(flags);
        return new WorkSpec(
                workers, workType, policy, affinity, newMemPolicy, flags, nice, comm, pcomm, cloneMode, swappable);
    }

    /** The same group at that nice level. */
    public WorkSpec nice(int level) {
        return new WorkSpec(
                workers, workType, policy, affinity, memPolicy, mpolFlags, level, comm, pcomm, cloneMode, swappable);
    }

    /** The same group, each worker's thread with that name. */
    public WorkSpec comm(String name) {
        return new WorkSpec(
                workers, workType, policy, affinity, memPolicy, mpolFlags, nice, name, pcomm, cloneMode, swappable);
    }

    /** The same group as threads of a process with that name. */
    public WorkSpec pcomm(String name) {
        return new WorkSpec(
                workers, workType, policy, affinity, memPolicy, mpolFlags, nice, comm, name, cloneMode, swappable);
    }

    /** The same group as processes or threads. */
    public WorkSpec cloneMode(CloneMode mode) {
        return new WorkSpec(
                workers, workType, policy, affinity, memPolicy, mpolFlags, nice, comm, pcomm, mode, swappable);
    }

    /** The same group; {@code -Dktstr.workType} may put other work in its place, or not. */
    public WorkSpec swappable(boolean may) {
        return new WorkSpec(
                workers, workType, policy, affinity, memPolicy, mpolFlags, nice, comm, pcomm, cloneMode, may);
    }

    /** This group, what it leaves out taken from another. */
    public WorkSpec over(WorkSpec below) {
        return new WorkSpec(
                workers != null ? workers : below.workers,
                workType != null ? workType : below.workType,
                policy != null ? policy : below.policy,
                affinity != null ? affinity : below.affinity,
                memPolicy != null ? memPolicy : below.memPolicy,
                memPolicy != null ? mpolFlags : below.mpolFlags,
                nice != null ? nice : below.nice,
                comm != null ? comm : below.comm,
                pcomm != null ? pcomm : below.pcomm,
                cloneMode != null ? cloneMode : below.cloneMode,
                swappable != null ? swappable : below.swappable);
    }

    /** What each worker does, the default if nothing was said. */
    public WorkType workTypeOrDefault() {
        return workType != null ? workType : WorkType.spinWait();
    }

    /** Whether its workers are threads of one process. */
    public boolean threads() {
        return cloneMode == CloneMode.THREAD || pcomm != null;
    }

    /**
     * Checks what can be checked of a group that has been laid over its cgroup's defaults, without a topology.
     *
     * @throws IllegalArgumentException when the count does not divide, or two settings exclude each other
     */
    public void requireSound() {
        WorkType type = workTypeOrDefault();
        if (workers != null) {
            type.requireDivides(workers);
        }
        if (pcomm != null && cloneMode == CloneMode.PROCESS) {
            throw new IllegalArgumentException("pcomm '" + pcomm
                    + "' makes the workers threads of one process, and cloneMode says PROCESS. Hint: name processes with"
                    + " comm");
        }
        if (type.kind() == WorkKind.CUSTOM && threads()) {
            throw new IllegalArgumentException(
                    "Custom work is a program, which cannot be a thread of another. Hint: leave out cloneMode and pcomm");
        }
        if (policy != null && policy.kind() == SchedPolicy.Kind.DEADLINE) {
            requireDeadlineAllows(type);
        }
    }

    /** A deadline task may neither fork nor leave CPUs of its root domain out, sched(7). */
    private void requireDeadlineAllows(WorkType type) {
        if (type.kind() == WorkKind.FORK_EXIT || type.kind() == WorkKind.AFFINITY_CHURN) {
            throw new IllegalArgumentException(type.name() + " cannot run under SCHED_DEADLINE: such a task may neither"
                    + " fork nor change its affinity (sched(7))");
        }
        if (affinity != null && !(affinity instanceof Affinity.Inherit || affinity instanceof Affinity.CrossCgroup)) {
            throw new IllegalArgumentException(
                    "SCHED_DEADLINE needs every CPU of its root domain, and an affinity takes some away (sched(7)). Hint:"
                            + " leave out the affinity");
        }
    }
}
