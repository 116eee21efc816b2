package dev.ktstr;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A part of a scenario: its cgroups are made, held, stopped and removed.
 *
 * @param setup the cgroups, at least one
 * @param hold for how long
 */
public record Step(List<CgroupDef> setup, HoldSpec hold) {
    /** @throws IllegalArgumentException when there is no cgroup, or two have one name */
    public Step {
        setup = List.copyOf(setup);
        if (setup.isEmpty()) {
            throw new IllegalArgumentException("a step needs at least one cgroup");
        }
        Set<String> names = new HashSet<>();
        for (CgroupDef def : setup) {
            if (!names.add(def.name())) {
                throw new IllegalArgumentException("two cgroups of one step are named '" + def.name() + "'");
            }
        }
    }

    /** A step of these cgroups. */
    public static Step of(HoldSpec hold, CgroupDef... defs) {
        return new Step(List.of(defs), hold);
    }
}
