package dev.ktstr;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A part of a scenario: its ops are carried out, its cgroups are made and their workers released, and it is held. What it made
 * (cgroups, workers, payloads) ends with it; what must outlive it belongs into a {@link Backdrop}.
 *
 * <p>A step held by {@link HoldSpec#loop} sets its cgroups up first; its ops run after that, again and again.
 *
 * @param setup the cgroups
 * @param ops what is done before, or in each round of a loop
 * @param hold for how long
 */
public record Step(List<CgroupDef> setup, List<Op> ops, HoldSpec hold) {
    /** @throws IllegalArgumentException when two cgroups have one name */
    public Step {
        setup = List.copyOf(setup);
        ops = List.copyOf(ops);
        requireDistinct("step", setup);
    }

    /** A step of these cgroups. */
    public Step(List<CgroupDef> setup, HoldSpec hold) {
        this(setup, List.of(), hold);
    }

    /** A step of these cgroups. */
    public static Step of(HoldSpec hold, CgroupDef... defs) {
        return new Step(List.of(defs), List.of(), hold);
    }

    /** A step of these ops. */
    public static Step ops(HoldSpec hold, Op... ops) {
        return new Step(List.of(), List.of(ops), hold);
    }

    /** The same step with more cgroups. */
    public Step with(CgroupDef... defs) {
        List<CgroupDef> more = new ArrayList<>(setup);
        more.addAll(List.of(defs));
        return new Step(more, ops, hold);
    }

    /** The same step with more ops. */
    public Step with(Op... moreOps) {
        List<Op> more = new ArrayList<>(ops);
        more.addAll(List.of(moreOps));
        return new Step(setup, more, hold);
    }

    static void requireDistinct(String where, List<CgroupDef> defs) {
        Set<String> names = new HashSet<>();
        for (CgroupDef def : defs) {
            if (!names.add(def.name())) {
                throw new IllegalArgumentException("two cgroups of one " + where + " are named '" + def.name() + "'");
            }
        }
    }
}
