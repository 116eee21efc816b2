package dev.ktstr.guest.wire;

import java.util.List;

/**
 * A scenario as data; the agent executes it from start to end on the guest's clock.
 *
 * @param steps run one after the other
 * @param schedulerRequired whether the scenario ends early when the scheduler's process ends
 */
public record ScenarioPlan(List<StepPlan> steps, boolean schedulerRequired) {
    public ScenarioPlan {
        steps = List.copyOf(steps);
    }
}
