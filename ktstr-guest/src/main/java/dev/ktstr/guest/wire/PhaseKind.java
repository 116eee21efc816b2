package dev.ktstr.guest.wire;

/** What a worker does in one phase of a {@link WorkKind#SEQUENCE}. */
public enum PhaseKind implements WireEnum {
    /** Spins; a unit is 1024 turns of the loop. */
    SPIN(1),
    /** Sleeps; no unit. */
    SLEEP(2),
    /** Calls {@code sched_yield}; a unit is one call. */
    YIELD(3),
    /** Writes 64 KiB to a file, then sleeps for 100 µs; a unit is one write. */
    IO(4);

    private final int code;

    PhaseKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
