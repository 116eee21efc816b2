package dev.ktstr.guest.wire;

/**
 * A scheduling policy with its numbers.
 *
 * @param kind the policy
 * @param priority of {@link PolicyKind#FIFO} and {@link PolicyKind#ROUND_ROBIN}; else 0
 * @param runtimeNs of {@link PolicyKind#DEADLINE}; else 0
 * @param deadlineNs likewise
 * @param periodNs likewise
 */
public record PolicyPlan(PolicyKind kind, int priority, long runtimeNs, long deadlineNs, long periodNs) {
    /** What a process has that asks for nothing. */
    public static final PolicyPlan NORMAL = new PolicyPlan(PolicyKind.NORMAL, 0, 0, 0, 0);
}
