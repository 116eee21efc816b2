package dev.ktstr.guest.wire;

import java.util.List;

/**
 * One step: do the operations, set up the cgroups, release their workers together, hold, collect. What a step makes ends
 * with it.
 *
 * @param ops done first, in order
 * @param setup the step's cgroups
 * @param hold how long the workers run
 */
public record StepPlan(List<OpPlan> ops, List<CgroupPlan> setup, HoldPlan hold) {
    public StepPlan {
        ops = List.copyOf(ops);
        setup = List.copyOf(setup);
    }
}
