package dev.ktstr.vm.kvm.aarch64;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.kvm.cpuid.CacheModel;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import dev.ktstr.vm.kvm.machine.NodeMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * An aarch64 machine.
 *
 * @param topology the CPUs
 * @param nodeBytes RAM of each node, node 0 first; back to back from {@link ArmLayout#RAM_BASE}
 * @param distances from node to node, 10 on the diagonal
 * @param caches what caches to show
 */
public record ArmMachine(CpuTopology topology, List<Long> nodeBytes, NodeMatrix distances, CacheModel caches) {
    public ArmMachine {
        nodeBytes = List.copyOf(nodeBytes);
        if (nodeBytes.size() < topology.numaNodes()
                || distances.rows() != nodeBytes.size()
                || distances.columns() != nodeBytes.size()) {
            throw new IllegalArgumentException("topology " + topology + " with memory for " + nodeBytes.size()
                    + " nodes and distances for " + distances.rows() + " x " + distances.columns() + " do not fit");
        }
        if (nodeBytes.get(0) < ArmLayout.SHM_OFFSET + MachineLayout.SHM_SIZE) {
            throw new IllegalArgumentException(
                    "node 0 has " + nodeBytes.get(0) + " bytes of RAM, too few for the window shared with the host");
        }
    }

    /** The RAM of each node. */
    public List<MemoryRange> memory() {
        List<MemoryRange> ranges = new ArrayList<>();
        long at = ArmLayout.RAM_BASE;
        for (long bytes : nodeBytes) {
            ranges.add(new MemoryRange(at, bytes));
            at += bytes;
        }
        return ranges;
    }

    /** The window shared with the host. */
    public MemoryRange window() {
        return new MemoryRange(ArmLayout.RAM_BASE + ArmLayout.SHM_OFFSET, MachineLayout.SHM_SIZE);
    }

    /**
     * A CPU's affinity, which KVM derives from the vCPU's number and a guest reads in MPIDR_EL1: 16 CPUs share the upper
     * fields, as many as GICv3 can reach by one interrupt ({@code reset_mpidr} in {@code arch/arm64/kvm/sys_regs.c}).
     */
    public static long affinity(int cpu) {
        return (cpu & 0xf) | (cpu >> 4 & 0xff) << 8 | (cpu >> 12 & 0xff) << 16;
    }
}
