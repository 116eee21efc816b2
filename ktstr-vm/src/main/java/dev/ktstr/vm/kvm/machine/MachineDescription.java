package dev.ktstr.vm.kvm.machine;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine as its firmware would describe it.
 *
 * @param topology the CPUs; node {@code i} of the topology is {@code nodes.get(i)}
 * @param nodes all nodes, those with CPUs first; at least as many as the topology has
 * @param distances the SLIT: 10 on the diagonal, 11 to 254 elsewhere; 255 means unreachable (ACPI 6.5, 5.2.17)
 * @param performance latencies and bandwidths, or null for a machine without HMAT
 */
public record MachineDescription(
        CpuTopology topology,
        List<NumaNode> nodes,
        NodeMatrix distances,
        @Nullable MemoryPerformance performance) {
    /** A node's distance to itself. */
    public static final int LOCAL_DISTANCE = 10;

    /** The distance between two nodes when nobody says otherwise; what the other backend gives too. */
    public static final int REMOTE_DISTANCE = 20;

    private static final int UNREACHABLE = 255;

    /**
     * Checks that the parts fit each other.
     *
     * @throws IllegalArgumentException naming the part that does not
     */
    public MachineDescription {
        nodes = List.copyOf(nodes);
        if (nodes.size() < topology.numaNodes()) {
            throw new IllegalArgumentException("topology " + topology + " has " + topology.numaNodes()
                    + " nodes, but memory is given for " + nodes.size());
        }
        checkMemory(nodes);
        checkDistances(nodes.size(), distances);
        if (performance != null) {
            checkShape("read latency", performance.readLatencyNs(), topology, nodes);
            checkShape("write latency", performance.writeLatencyNs(), topology, nodes);
            checkShape("read bandwidth", performance.readBandwidthMbS(), topology, nodes);
            checkShape("write bandwidth", performance.writeBandwidthMbS(), topology, nodes);
        }
    }

    /** Makes a machine whose nodes are all equally far from each other, without HMAT. */
    public static MachineDescription uniform(CpuTopology topology, List<NumaNode> nodes) {
        NodeMatrix distances =
                NodeMatrix.of(nodes.size(), nodes.size(), (from, to) -> from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE);
        return new MachineDescription(topology, nodes, distances, null);
    }

    /** Makes the machine of a guest, whose RAM lies as {@link RamLayout} says. */
    public static MachineDescription of(VmSpec spec, RamLayout ram) {
        return spec.memory()
                .map(memory -> of(spec.topology(), ram, memory))
                .orElseGet(() -> uniform(spec.topology(), ram));
    }

    private static MachineDescription of(CpuTopology topology, RamLayout ram, NumaMemory memory) {
        List<NumaNode> plain = uniform(topology, ram).nodes();
        int count = plain.size();
        List<NumaNode> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int cacheMb = memory.nodes().get(i).cacheMb();
            nodes.add(new NumaNode(
                    plain.get(i).memory(),
                    cacheMb == 0 ? List.of() : List.of(MemorySideCache.directMapped((long) cacheMb << 20))));
        }
        int initiators = topology.numaNodes();
        MemoryPerformance performance = memory.hasPerformance()
                ? new MemoryPerformance(
                        NodeMatrix.of(initiators, count, (from, to) -> memory.latencyNs(from, to, initiators)),
                        NodeMatrix.of(initiators, count, (from, to) -> memory.bandwidthMbS(from, to, initiators)))
                : null;
        return new MachineDescription(topology, nodes, NodeMatrix.of(count, count, memory::distance), performance);
    }

    /** Makes a machine of equal distances from sizes of nodes, whose RAM lies as {@link RamLayout} says. */
    public static MachineDescription uniform(CpuTopology topology, RamLayout ram) {
        List<NumaNode> nodes = new ArrayList<>();
        long start = 0;
        for (int mb : ram.nodeMb()) {
            long length = (long) mb << 20;
            nodes.add(new NumaNode(ranges(start, length)));
            start += length;
        }
        return uniform(topology, nodes);
    }

    /** The physical addresses of a part of RAM, which is two ranges when it lies across the hole below 4 GiB. */
    private static List<MemoryRange> ranges(long start, long length) {
        long limit = RamLayout.LOW_LIMIT;
        if (start >= limit) {
            return List.of(new MemoryRange(RamLayout.HIGH_BASE + start - limit, length));
        }
        if (start + length <= limit) {
            return List.of(new MemoryRange(start, length));
        }
        return List.of(
                new MemoryRange(start, limit - start), new MemoryRange(RamLayout.HIGH_BASE, start + length - limit));
    }

    /** The APIC ids of its CPUs. */
    public ApicIds apicIds() {
        return new ApicIds(topology);
    }

    private static void checkMemory(List<NumaNode> nodes) {
        List<MemoryRange> ranges =
                nodes.stream().flatMap(n -> n.memory().stream()).toList();
        if (ranges.isEmpty() || ranges.get(0).start() != 0) {
            throw new IllegalArgumentException("the first node's memory must start at address 0, where the CPUs boot");
        }
        for (int i = 0; i < ranges.size(); i++) {
            for (int j = i + 1; j < ranges.size(); j++) {
                if (ranges.get(i).overlaps(ranges.get(j))) {
                    throw new IllegalArgumentException(
                            "memory ranges " + ranges.get(i) + " and " + ranges.get(j) + " overlap");
                }
            }
        }
    }

    private static void checkDistances(int nodes, NodeMatrix distances) {
        if (distances.rows() != nodes || distances.columns() != nodes) {
            throw new IllegalArgumentException("there are " + nodes + " nodes, but distances for " + distances.rows()
                    + " x " + distances.columns());
        }
        for (int from = 0; from < nodes; from++) {
            for (int to = 0; to < nodes; to++) {
                int distance = distances.at(from, to);
                boolean good =
                        from == to ? distance == LOCAL_DISTANCE : distance > LOCAL_DISTANCE && distance <= UNREACHABLE;
                if (!good) {
                    throw new IllegalArgumentException("the distance from node " + from + " to node " + to + " is "
                            + distance + "; it must be " + (from == to ? "10" : "11 to 255"));
                }
            }
        }
    }

    private static void checkShape(String what, NodeMatrix matrix, CpuTopology topology, List<NumaNode> nodes) {
        if (matrix.rows() != topology.numaNodes() || matrix.columns() != nodes.size()) {
            throw new IllegalArgumentException(what + " is given for " + matrix.rows() + " x " + matrix.columns()
                    + " nodes, wanted " + topology.numaNodes() + " with CPUs x " + nodes.size());
        }
        for (int value : matrix.values()) {
            if (value < 1) {
                throw new IllegalArgumentException(what + " must be positive everywhere, got " + value);
            }
        }
    }
}
