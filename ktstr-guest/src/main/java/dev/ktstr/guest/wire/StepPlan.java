package dev.ktstr.guest.wire;

import java.util.List;

/**
 * One step: set up the cgroups, release their workers together, hold, collect.
 *
 * @param setup the step's cgroups
 * @param holdNs how long the workers run
 */
public record StepPlan(List<CgroupPlan> setup, long holdNs) {
    public StepPlan {
        setup = List.copyOf(setup);
    }
}
