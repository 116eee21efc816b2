package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A scenario as data; the agent executes it from start to end on the guest's clock.
 *
 * @param backdrop done before the first step; what they make lives until the scenario ends
 * @param steps run one after the other
 * @param schedulerRequired whether the scenario ends early when the scheduler's process ends
 * @param seed of whatever workers do at random
 */
public record ScenarioPlan(List<OpPlan> backdrop, List<StepPlan> steps, boolean schedulerRequired, long seed) {
    public ScenarioPlan {
        backdrop = List.copyOf(backdrop);
        steps = List.copyOf(steps);
    }
}
