package dev.ktstr.guest.wire;

/**
 * Something the agent did to the guest.
 *
 * @param step index of the step; -1 for the backdrop, and for the low-level API
 * @param op index of the operation in it; -1 for what is none: set-up, release, the end of a hold
 * @param what what it was: the name of an operation, or {@code setup}, {@code release}, {@code holdEnd}
 * @param endedNs when it was done
 */
public record StimulusEvent(int step, int op, String what, String subject, long startedNs, long endedNs) {}
