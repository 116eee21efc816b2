package dev.ktstr.catalogue;

import dev.ktstr.Assert;
import dev.ktstr.Backdrop;
import dev.ktstr.CgroupDef;
import dev.ktstr.HoldSpec;
import dev.ktstr.Step;
import java.util.List;

/**
 * A scenario of the catalogue for one topology, duration and count of workers.
 *
 * @param backdrop what lives through all steps
 * @param steps the steps
 * @param checks thresholds that its shape calls for; over those of the scheduler and the test
 */
public record Built(Backdrop backdrop, List<Step> steps, Assert checks) {
    /** Copies the steps. */
    public Built {
        steps = List.copyOf(steps);
    }

    /** Cgroups side by side for the whole duration. */
    static Built defs(CgroupDef... defs) {
        return steps(Step.of(HoldSpec.FULL, defs));
    }

    static Built steps(Step... steps) {
        return new Built(Backdrop.EMPTY, List.of(steps), Assert.NO_OVERRIDES);
    }

    /** The same before a backdrop. */
    Built before(CgroupDef... defs) {
        return new Built(Backdrop.of(defs), steps, checks);
    }

    /** The same, every worker on the CPUs of its cpuset. */
    Built isolated() {
        return new Built(backdrop, steps, checks.isolation(true));
    }

    /** The same for workers that are unequal by design: how much they differ is no finding. */
    Built unequal() {
        return new Built(backdrop, steps, checks.maxSpreadPct(100));
    }

    /** The same for workers that may be ended as soon as they were started: how little they did is no finding. */
    Built brief() {
        return new Built(backdrop, steps, checks.notStarved(false));
    }

    /** The same for workers that stand still by design: only what never ran is a finding. */
    Built paused() {
        return new Built(backdrop, steps, checks.maxSpreadPct(100).maxGapMs(600_000));
    }
}
