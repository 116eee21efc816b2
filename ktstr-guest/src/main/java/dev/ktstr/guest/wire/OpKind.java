package dev.ktstr.guest.wire;

/** What an operation does; {@link OpPlan} says which of its parts each kind reads. */
public enum OpKind implements WireEnum {
    /** Makes the cgroup of {@code def}, without its works. */
    ADD_CGROUP(1),
    /** Makes the cgroup of {@code def} and lets its works run in it. */
    ADD_CGROUP_DEF(2),
    /** Stops what runs in {@code cgroup} and below, and removes all of it. */
    REMOVE_CGROUP(3),
    /** Gives {@code cgroup} the CPUs {@code cpus}. */
    SET_CPUSET(4),
    /** Empties the cpuset of {@code cgroup}: it gets the CPUs of the one above. */
    CLEAR_CPUSET(5),
    /** Exchanges the cpusets of {@code cgroup} and {@code otherCgroup}. */
    SWAP_CPUSETS(6),
    /** Lets {@code works} run in {@code cgroup}. */
    SPAWN(7),
    /** Stops the workers and payloads of {@code cgroup} and below; the cgroups stay. */
    STOP_CGROUP(8),
    /** Gives the workers of {@code cgroup} the affinities {@code affinity}. */
    SET_AFFINITY(9),
    /** Lets {@code works} run outside the managed cgroups. */
    SPAWN_HOST(10),
    /** Moves everything that runs in {@code cgroup} to {@code otherCgroup}. */
    MOVE_ALL_TASKS(11),
    /** Freezes {@code cgroup}; done when the kernel says that it is frozen. */
    FREEZE_CGROUP(12),
    /** The contrary. */
    UNFREEZE_CGROUP(13),
    /** Starts the program of {@code payload}; it runs beside what follows. */
    RUN_PAYLOAD(14),
    /** Waits for the payload {@code name}, at most {@code timeoutNs}. */
    WAIT_PAYLOAD(15),
    /** Kills the payload {@code name}. */
    KILL_PAYLOAD(16),
    /** Sends {@link HostRequest} with {@code name}, and goes on once the host has answered; fails after {@code timeoutNs}. */
    HOST_REQUEST(17),
    /** Starts the scheduler with the arguments it had last, and waits until it is attached. */
    START_SCHEDULER(18),
    /** Stops the scheduler and waits until it is detached. */
    STOP_SCHEDULER(19);

    private final int code;

    OpKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
