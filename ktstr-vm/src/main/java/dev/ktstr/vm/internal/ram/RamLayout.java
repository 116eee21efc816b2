package dev.ktstr.vm.internal.ram;

import dev.ktstr.spec.NumaMemory;
import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Where RAM lies: sizes of the NUMA nodes in MiB, node 0 first, back to back in RAM; and RAM in guest-physical space,
 * below {@link #LOW_LIMIT} first and the rest from {@link #HIGH_BASE} up.
 *
 * @param nodeMb MiB of each node
 */
public record RamLayout(List<Integer> nodeMb) {
    /**
     * RAM below this address is mapped one to one; what is left goes above 4 GiB. It is given to QEMU as
     * {@code max-ram-below-4g}: {@code pc_init1} in {@code hw/i386/pc_piix.c} then takes exactly this split, where its
     * default would depend on the size (3.5 GiB, or 3 GiB for larger guests).
     */
    public static final long LOW_LIMIT = 3L << 30;

    /** First address of the upper part of RAM. */
    public static final long HIGH_BASE = 4L << 30;

    /** Nodes are multiples of this, so that no 2 MiB page lies across two nodes. */
    private static final int GRAIN_MB = 2;

    public RamLayout {
        nodeMb = List.copyOf(nodeMb);
    }

    /**
     * The nodes of a guest, as it describes them or spread evenly. On huge pages RAM is a multiple of them.
     *
     * @throws VmException when a node would be left without memory
     */
    public static RamLayout of(VmSpec spec) {
        return spec.memory()
                .map(m -> new RamLayout(
                        m.nodes().stream().map(NumaMemory.Node::mb).toList()))
                .orElseGet(() -> spread(
                        spec.hugePages() ? -roundDown(-spec.memoryMb()) : spec.memoryMb(),
                        spec.topology().numaNodes()));
    }

    /**
     * Spreads RAM evenly over the nodes. Node 0 gets at least {@link MachineLayout#MIN_NODE0_MB} where the total allows,
     * because kernel, shared window and initramfs must fit there.
     *
     * @throws VmException when a node would be left without memory
     */
    public static RamLayout spread(int memoryMb, int nodes) {
        if (memoryMb < MachineLayout.MIN_NODE0_MB) {
            throw new VmException("a guest needs at least " + MachineLayout.MIN_NODE0_MB + " MiB of RAM, got "
                    + memoryMb + "; raise memoryMb");
        }
        if (nodes == 1) {
            return new RamLayout(List.of(memoryMb));
        }
        int share = roundDown(memoryMb / nodes);
        int first = memoryMb - share * (nodes - 1);
        if (first < MachineLayout.MIN_NODE0_MB) {
            share = roundDown((memoryMb - MachineLayout.MIN_NODE0_MB) / (nodes - 1));
            first = memoryMb - share * (nodes - 1);
        }
        if (share < GRAIN_MB * 4) {
            throw new VmException(memoryMb + " MiB of RAM are too little for " + nodes
                    + " NUMA nodes: node 0 takes " + MachineLayout.MIN_NODE0_MB + " MiB and every other at least "
                    + GRAIN_MB * 4 + "; raise memoryMb");
        }
        List<Integer> sizes = new ArrayList<>();
        sizes.add(first);
        for (int i = 1; i < nodes; i++) {
            sizes.add(share);
        }
        return new RamLayout(sizes);
    }

    private static int roundDown(int mb) {
        return Math.floorDiv(mb, GRAIN_MB) * GRAIN_MB;
    }

    /** All of RAM, in bytes. */
    public long totalBytes() {
        return nodeMb.stream().mapToLong(mb -> (long) mb << 20).sum();
    }

    /** Guest-physical address of a byte of RAM, counted from the start of node 0. */
    static long gpaOf(long ramOffset) {
        return ramOffset < LOW_LIMIT ? ramOffset : HIGH_BASE + (ramOffset - LOW_LIMIT);
    }
}
