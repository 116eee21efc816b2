package dev.ktstr.guest.wire;

/** A scheduling policy, as {@code sched(7)} knows them. */
public enum PolicyKind implements WireEnum {
    /** {@code SCHED_OTHER}. */
    NORMAL(1),
    /** {@code SCHED_BATCH}. */
    BATCH(2),
    /** {@code SCHED_IDLE}. */
    IDLE(3),
    /** {@code SCHED_FIFO} with a priority. */
    FIFO(4),
    /** {@code SCHED_RR} with a priority. */
    ROUND_ROBIN(5),
    /** {@code SCHED_DEADLINE} with its three times. */
    DEADLINE(6),
    /** {@code SCHED_EXT}. */
    EXT(7);

    private final int code;

    PolicyKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
