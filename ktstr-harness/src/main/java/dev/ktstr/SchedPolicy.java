package dev.ktstr;

import java.time.Duration;
import java.util.Locale;

/**
 * The scheduling policy of workers, see sched(7). Under a sched_ext scheduler, normal, batch, idle and ext tasks are the
 * scheduler's; the others stay with the kernel's real-time and deadline classes.
 *
 * @param kind the policy
 * @param priority 1 to 99 for the real-time policies, else 0
 * @param runtime deadline policy: CPU time that is guaranteed in each period; else zero
 * @param deadline deadline policy: from the start of a period; else zero
 * @param period deadline policy: from one period to the next; else zero
 */
public record SchedPolicy(Kind kind, int priority, Duration runtime, Duration deadline, Duration period) {
    /** The policies of the kernel. */
    public enum Kind {
        /** {@code SCHED_NORMAL}. */
        NORMAL,
        /** {@code SCHED_BATCH}. */
        BATCH,
        /** {@code SCHED_IDLE}. */
        IDLE,
        /** {@code SCHED_FIFO}. */
        FIFO,
        /** {@code SCHED_RR}. */
        ROUND_ROBIN,
        /** {@code SCHED_DEADLINE}. */
        DEADLINE,
        /** {@code SCHED_EXT}. */
        EXT
    }

    /** The kernel's smallest runtime, DL_SCALE in kernel/sched/sched.h: 1 << 10 ns. */
    private static final Duration LEAST_RUNTIME = Duration.ofNanos(1024);

    /** The kernel's default of {@code kernel.sched_deadline_period_min_us}. */
    private static final Duration LEAST_PERIOD = Duration.ofNanos(100_000);

    /** The kernel's default of {@code kernel.sched_deadline_period_max_us}: 1 << 22 µs. */
    private static final Duration LONGEST_PERIOD = Duration.ofNanos((1L << 22) * 1000);

    /** @throws IllegalArgumentException when the numbers are not ones that the kernel takes for that policy */
    public SchedPolicy {
        boolean realtime = kind == Kind.FIFO || kind == Kind.ROUND_ROBIN;
        Limits.within("the priority of " + text(kind), priority, realtime ? 1 : 0, realtime ? 99 : 0);
        if (kind == Kind.DEADLINE) {
            if (runtime.compareTo(deadline) > 0 || deadline.compareTo(period) > 0) {
                throw new IllegalArgumentException("SCHED_DEADLINE needs runtime <= deadline <= period, got " + runtime
                        + ", " + deadline + ", " + period);
            }
            if (runtime.compareTo(LEAST_RUNTIME) < 0
                    || period.compareTo(LEAST_PERIOD) < 0
                    || period.compareTo(LONGEST_PERIOD) > 0) {
                throw new IllegalArgumentException(
                        "SCHED_DEADLINE needs a runtime of at least 1024 ns and a period of 100 us to 4.19 s (sched(7)),"
                                + " got " + runtime + " and " + period);
            }
        } else if (!runtime.isZero() || !deadline.isZero() || !period.isZero()) {
            throw new IllegalArgumentException(text(kind) + " has no runtime, deadline and period");
        }
    }

    private static SchedPolicy of(Kind kind, int priority) {
        return new SchedPolicy(kind, priority, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /** {@code SCHED_NORMAL}, what processes have by default. */
    public static SchedPolicy normal() {
        return of(Kind.NORMAL, 0);
    }

    /** {@code SCHED_BATCH}: CPU-bound, mildly disfavoured when it wakes up. */
    public static SchedPolicy batch() {
        return of(Kind.BATCH, 0);
    }

    /** {@code SCHED_IDLE}: runs when nothing else wants to. */
    public static SchedPolicy idle() {
        return of(Kind.IDLE, 0);
    }

    /** {@code SCHED_FIFO} at a priority from 1 to 99. */
    public static SchedPolicy fifo(int priority) {
        return of(Kind.FIFO, priority);
    }

    /** {@code SCHED_RR} at a priority from 1 to 99. */
    public static SchedPolicy roundRobin(int priority) {
        return of(Kind.ROUND_ROBIN, priority);
    }

    /** {@code SCHED_DEADLINE}: {@code runtime} within {@code deadline} of the start of each {@code period}. */
    public static SchedPolicy deadline(Duration runtime, Duration deadline, Duration period) {
        return new SchedPolicy(Kind.DEADLINE, 0, runtime, deadline, period);
    }

    /** {@code SCHED_EXT}: under the sched_ext scheduler also where it takes over only those who ask for it. */
    public static SchedPolicy ext() {
        return of(Kind.EXT, 0);
    }

    /** Whether it takes CAP_SYS_NICE to set it, sched(7). */
    public boolean privileged() {
        return kind == Kind.FIFO || kind == Kind.ROUND_ROBIN || kind == Kind.DEADLINE;
    }

    private static String text(Kind kind) {
        return "SCHED_" + (kind == Kind.ROUND_ROBIN ? "RR" : kind.name().toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case FIFO, ROUND_ROBIN -> text(kind) + "(" + priority + ")";
            case DEADLINE -> text(kind) + "(" + runtime + ", " + deadline + ", " + period + ")";
            default -> text(kind);
        };
    }
}
