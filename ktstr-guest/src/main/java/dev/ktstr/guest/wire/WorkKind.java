package dev.ktstr.guest.wire;

/** What one worker does, and what its unit of work and its iteration are. */
public enum WorkKind implements WireEnum {
    /** Spins; a unit and an iteration are 1024 turns of the loop. */
    SPIN_WAIT(1),
    /** Calls {@code sched_yield}; a unit and an iteration are one call. */
    YIELD_HEAVY(2),
    /** Spins for {@code burstNs}, then sleeps for {@code sleepNs}; units as in {@link #SPIN_WAIT}, an iteration is one burst. */
    BURSTY(3),
    /** Loops through {@code phases}; an iteration is one loop, a unit is the unit of the running {@link PhaseKind}. */
    SEQUENCE(4);

    private final int code;

    WorkKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
