package dev.ktstr;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one worker does until it is told to stop. An immutable value; made by the factories.
 *
 * @param name the name in output and in {@link #byName}
 * @param burst length of a CPU burst, zero where the type has none
 * @param sleep length of a sleep, zero where the type has none
 * @param phases the phases of a sequence, empty for other types
 */
public record WorkType(String name, Duration burst, Duration sleep, List<Phase> phases) {
    private static final String SPIN_WAIT = "SpinWait";
    private static final String YIELD_HEAVY = "YieldHeavy";
    private static final String BURSTY = "Bursty";
    private static final String SEQUENCE = "Sequence";

    /** Copies the phases. */
    public WorkType {
        phases = List.copyOf(phases);
    }

    /** Spins without a pause; one work unit is 1024 iterations. */
    public static WorkType spinWait() {
        return new WorkType(SPIN_WAIT, Duration.ZERO, Duration.ZERO, List.of());
    }

    /** Calls {@code sched_yield} every iteration. */
    public static WorkType yieldHeavy() {
        return new WorkType(YIELD_HEAVY, Duration.ZERO, Duration.ZERO, List.of());
    }

    /** Bursts for 50 ms, sleeps for 100 ms, and again. */
    public static WorkType bursty() {
        return bursty(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    /**
     * Bursts, sleeps, and again.
     *
     * @throws IllegalArgumentException when a duration is not positive
     */
    public static WorkType bursty(Duration burst, Duration sleep) {
        return new WorkType(
                BURSTY, requirePositive("Bursty burst", burst), requirePositive("Bursty sleep", sleep), List.of());
    }

    /** Loops through the phases in order. */
    public static WorkType sequence(Phase first, Phase... rest) {
        List<Phase> phases = new ArrayList<>();
        phases.add(first);
        phases.addAll(List.of(rest));
        return new WorkType(SEQUENCE, Duration.ZERO, Duration.ZERO, phases);
    }

    /**
     * Returns the type of that name with its default parameters.
     *
     * @throws IllegalArgumentException when there is none, or it has no defaults; the message lists the names
     */
    public static WorkType byName(String name) {
        return switch (name) {
            case SPIN_WAIT -> spinWait();
            case YIELD_HEAVY -> yieldHeavy();
            case BURSTY -> bursty();
            case SEQUENCE ->
                throw new IllegalArgumentException(
                        "work type Sequence has no default phases. Hint: use WorkType.sequence(Phase.spin(...), ...)");
            default ->
                throw new IllegalArgumentException(
                        "there is no work type '" + name + "'. The names are " + String.join(", ", names()) + ".");
        };
    }

    /** The names of all work types. */
    public static List<String> names() {
        return List.of(SPIN_WAIT, YIELD_HEAVY, BURSTY, SEQUENCE);
    }

    static Duration requirePositive(String what, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(what + " must last longer than zero, got " + duration);
        }
        return duration;
    }
}
