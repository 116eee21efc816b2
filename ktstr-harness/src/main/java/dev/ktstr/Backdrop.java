package dev.ktstr;

import java.util.ArrayList;
import java.util.List;

/**
 * What lives through all steps of a scenario: cgroups with their workers, and what ops make. It is set up before the first
 * step, and removed after the last.
 *
 * @param setup the cgroups
 * @param ops carried out after the cgroups are made
 */
public record Backdrop(List<CgroupDef> setup, List<Op> ops) {
    /** Nothing. */
    public static final Backdrop EMPTY = new Backdrop(List.of(), List.of());

    /** @throws IllegalArgumentException when two cgroups have one name */
    public Backdrop {
        setup = List.copyOf(setup);
        ops = List.copyOf(ops);
        Step.requireDistinct("backdrop", setup);
    }

    /** A backdrop of these cgroups. */
    public static Backdrop of(CgroupDef... defs) {
        return new Backdrop(List.of(defs), List.of());
    }

    /** The same backdrop with more ops. */
    public Backdrop with(Op... moreOps) {
        List<Op> more = new ArrayList<>(ops);
        more.addAll(List.of(moreOps));
        return new Backdrop(setup, more);
    }
}
