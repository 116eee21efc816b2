package dev.ktstr.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A named topology of the gauntlet. There are 24, from 4 CPUs to 252: odd LLC counts, SMT and none, one to four NUMA nodes,
 * and the sizes around which schedulers keep masks and arrays.
 *
 * @param name {@code smt-2llc}
 * @param topology what a guest of it looks like
 */
public record GauntletPreset(String name, CpuTopology topology) {
    private static final List<GauntletPreset> ALL = presets(
            "tiny-1llc 1n1l4c1t",
            "tiny-2llc 1n2l2c1t",
            "odd-3llc 1n3l3c1t",
            "odd-5llc 1n5l3c1t",
            "odd-7llc 1n7l2c1t",
            "smt-2llc 1n2l2c2t",
            "smt-3llc 1n3l2c2t",
            "medium-4llc 1n4l4c2t",
            "medium-8llc 1n8l4c2t",
            "large-4llc 1n4l16c2t",
            "large-8llc 1n8l8c2t",
            "near-max-llc 1n15l8c2t",
            "max-cpu 1n14l9c2t",
            "medium-4llc-nosmt 1n4l8c1t",
            "medium-8llc-nosmt 1n8l8c1t",
            "large-4llc-nosmt 1n4l32c1t",
            "large-8llc-nosmt 1n8l16c1t",
            "near-max-llc-nosmt 1n15l16c1t",
            "max-cpu-nosmt 1n14l18c1t",
            "numa2-4llc 2n4l4c1t",
            "numa2-8llc 2n8l8c2t",
            "numa2-8llc-nosmt 2n8l16c1t",
            "numa4-8llc 4n8l4c1t",
            "numa4-12llc 4n12l8c2t");

    /** All presets, always in the same order. */
    public static List<GauntletPreset> all() {
        return ALL;
    }

    /**
     * The presets that a machine architecture can have: no CPU of aarch64 has threads, so those with threads are left out
     * there.
     *
     * @param arch as {@code uname -m} says it
     */
    public static List<GauntletPreset> all(String arch) {
        return arch.equals("aarch64")
                ? ALL.stream().filter(p -> p.topology.threadsPerCore() == 1).toList()
                : ALL;
    }

    /** Finds a preset by name. */
    public static Optional<GauntletPreset> named(String name) {
        return ALL.stream().filter(p -> p.name.equals(name)).findFirst();
    }

    private static List<GauntletPreset> presets(String... lines) {
        List<GauntletPreset> presets = new ArrayList<>();
        for (String line : lines) {
            int blank = line.indexOf(' ');
            presets.add(new GauntletPreset(line.substring(0, blank), CpuTopology.parse(line.substring(blank + 1))));
        }
        return List.copyOf(presets);
    }
}
