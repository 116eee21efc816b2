package dev.ktstr.guest.wire;

/**
 * How a step holds.
 *
 * @param kind once through or in a loop
 * @param totalNs for how long
 * @param intervalNs {@link HoldKind#LOOP}: time between two beginnings of the operations; else 0
 */
public record HoldPlan(HoldKind kind, long totalNs, long intervalNs) {
    /** Holds for a time. */
    public static HoldPlan fixed(long totalNs) {
        return new HoldPlan(HoldKind.FIXED, totalNs, 0);
    }

    /** Holds for a time, and repeats the step's operations at every interval. */
    public static HoldPlan loop(long totalNs, long intervalNs) {
        return new HoldPlan(HoldKind.LOOP, totalNs, intervalNs);
    }
}
