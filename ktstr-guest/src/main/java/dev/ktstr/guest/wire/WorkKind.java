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
    SEQUENCE(4),
    /** Spins 1024 turns, then yields. */
    MIXED(5),
    /** Writes 64 KiB, then sleeps for 100 µs. */
    IO_SYNC_WRITE(6),
    /** Spins {@code burstIters} turns, then sends a byte to its partner and waits for one. Pairs. */
    PIPE_IO(7),
    /** Spins {@code spinIters} turns, wakes its partner, waits. Pairs. */
    FUTEX_PING_PONG(8),
    /** One messenger wakes {@code fanOut} receivers, who measure how long it took. Groups of {@code fanOut} + 1. */
    FUTEX_FAN_OUT(9),
    /** The same; a receiver then thinks for {@code sleepNs} and multiplies matrices, {@code operations} times, of {@code sizeKb}. */
    FAN_OUT_COMPUTE(10),
    /** Reads, changes and writes {@code sizeKb} at a stride of {@code strideBytes}. */
    CACHE_PRESSURE(11),
    /** The same, then yields. */
    CACHE_YIELD(12),
    /** The same, then exchanges a byte with its partner. Pairs. */
    CACHE_PIPE(13),
    /** Forks a child that exits at once, and waits for it. */
    FORK_EXIT(14),
    /** Spins, goes on to the next nice value from -20 to 19, yields. */
    NICE_SWEEP(15),
    /** Spins {@code spinIters} turns, moves to a random CPU of its cpuset, yields. */
    AFFINITY_CHURN(16),
    /** Spins {@code spinIters} turns, takes the next scheduling policy, yields. */
    POLICY_CHURN(17),
    /** Touches {@code touches} random pages of {@code regionKb}, drops them, spins {@code spinIters} turns. */
    PAGE_FAULT_CHURN(18),
    /** Works {@code workIters} turns, takes a mutex that {@code contenders} share, holds it for {@code holdIters} turns. */
    MUTEX_CONTENTION(19),
    /** Sends a signal to its partner. Pairs. */
    SIGNAL_STORM(20),
    /** Is a program of the user's: {@code command}. */
    CUSTOM(21);

    private final int code;

    WorkKind(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
