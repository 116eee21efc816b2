package dev.ktstr.vm.kvm.machine;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The topologies that tests go through: the gauntlet's 24 presets, and random ones. */
public final class Presets {
    /** The gauntlet's topologies, in the order of its table. */
    public static final List<String> ALL = List.of(
            "1n1l4c1t",
            "1n2l2c1t",
            "1n3l3c1t",
            "1n5l3c1t",
            "1n7l2c1t",
            "1n2l2c2t",
            "1n3l2c2t",
            "1n4l4c2t",
            "1n8l4c2t",
            "1n4l16c2t",
            "1n8l8c2t",
            "1n15l8c2t",
            "1n14l9c2t",
            "1n4l8c1t",
            "1n8l8c1t",
            "1n4l32c1t",
            "1n8l16c1t",
            "1n15l16c1t",
            "1n14l18c1t",
            "2n4l4c1t",
            "2n8l8c2t",
            "2n8l16c1t",
            "4n8l4c1t",
            "4n12l8c2t");

    private static final long SEED = 20261121;

    private Presets() {}

    /** The presets, and a few shapes at the edges. */
    public static Stream<CpuTopology> all() {
        return Stream.concat(ALL.stream(), Stream.of("1n1l1c1t", "1n1l1c2t", "1n1l5c3t", "1n300l1c1t", "8n64l8c2t"))
                .map(CpuTopology::parse);
    }

    /** The same random shapes every time. */
    public static Stream<CpuTopology> random(int count) {
        Random random = new Random(SEED);
        return Stream.generate(() -> {
                    int nodes = 1 + random.nextInt(4);
                    return new CpuTopology(
                            nodes, nodes * (1 + random.nextInt(6)), 1 + random.nextInt(20), 1 + random.nextInt(4));
                })
                .filter(t -> t.cpus() <= 512)
                .limit(count);
    }

    /** Both. */
    public static Stream<CpuTopology> allAndRandom() {
        return Stream.concat(all(), random(60));
    }

    /** A machine of this topology, its RAM spread evenly. */
    public static MachineDescription machine(CpuTopology topology, int memoryMb) {
        return MachineDescription.uniform(topology, RamLayout.spread(memoryMb, topology.numaNodes()));
    }
}
