package dev.ktstr.guest.wire;

/**
 * The end of a scenario.
 *
 * @param startedNs when the first step was set up, {@code CLOCK_MONOTONIC}
 * @param endedNs when the last one was cleared away
 * @param completedSteps steps held in full
 * @param schedulerDied whether the scheduler's process ended while the scenario ran
 */
public record ScenarioDone(long startedNs, long endedNs, int completedSteps, boolean schedulerDied) {}
