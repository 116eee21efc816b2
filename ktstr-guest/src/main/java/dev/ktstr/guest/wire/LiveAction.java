package dev.ktstr.guest.wire;

/** What is done with workers of the low-level API. */
public enum LiveAction implements WireEnum {
    /** Lets them begin. */
    START(1),
    /** Moves them to {@code cgroup}. */
    MOVE(2),
    /** Gives them {@code affinity}. */
    SET_AFFINITY(3),
    /** Answers with {@link Iterations}; they go on. */
    SNAPSHOT(4),
    /** Stops and collects them: {@link WorkersDone}, then the answer. */
    STOP(5);

    private final int code;

    LiveAction(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
