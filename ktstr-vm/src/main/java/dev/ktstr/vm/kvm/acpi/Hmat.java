package dev.ktstr.vm.kvm.acpi;

import dev.ktstr.vm.kvm.machine.MachineDescription;
import dev.ktstr.vm.kvm.machine.MemoryPerformance;
import dev.ktstr.vm.kvm.machine.MemorySideCache;
import dev.ktstr.vm.kvm.machine.NodeMatrix;
import dev.ktstr.vm.kvm.machine.NumaNode;
import java.util.List;

/** The HMAT (section 5.2.28): latency and bandwidth between nodes, and memory-side caches. */
final class Hmat {
    private static final int REVISION = 2;
    private static final int INITIATOR_VALID = 1;
    private static final int READ_LATENCY = 1;
    private static final int WRITE_LATENCY = 2;
    private static final int READ_BANDWIDTH = 4;
    private static final int WRITE_BANDWIDTH = 5;
    private static final int PS_PER_NS = 1000;

    /** The largest entry; 0xffff means that there is no path. */
    private static final int MOST = 0xfffe;

    private Hmat() {}

    /** Whether there is anything to say. */
    static boolean needed(MachineDescription machine) {
        return machine.performance() != null
                || machine.nodes().stream().anyMatch(n -> !n.caches().isEmpty());
    }

    static byte[] table(MachineDescription machine) {
        Bytes body = new Bytes().u32(0);
        for (int node = 0; node < machine.nodes().size(); node++) {
            // Memory without CPUs has no attached initiator.
            boolean withCpus = node < machine.topology().numaNodes();
            body.u16(0).u16(0).u32(40);
            body.u16(withCpus ? INITIATOR_VALID : 0)
                    .u16(0)
                    .u32(withCpus ? node : 0)
                    .u32(node);
            body.u32(0).u64(0).u64(0);
        }
        MemoryPerformance performance = machine.performance();
        if (performance != null) {
            matrix(body, READ_LATENCY, PS_PER_NS, performance.readLatencyNs());
            matrix(body, WRITE_LATENCY, PS_PER_NS, performance.writeLatencyNs());
            matrix(body, READ_BANDWIDTH, 1, performance.readBandwidthMbS());
            matrix(body, WRITE_BANDWIDTH, 1, performance.writeBandwidthMbS());
        }
        for (int node = 0; node < machine.nodes().size(); node++) {
            caches(body, node, machine.nodes().get(node));
        }
        return Table.of("HMAT", REVISION, body.toArray());
    }

    /**
     * A locality structure. Entries have 16 bits and are multiples of a base unit, so large values are rounded to what the
     * smallest sufficient power of ten can say.
     *
     * @param unit of the values, in that of the table
     */
    private static void matrix(Bytes body, int type, int unit, NodeMatrix values) {
        int largest = values.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        int scale = 1;
        while (largest / scale > MOST) {
            scale *= 10;
        }
        int initiators = values.rows();
        int targets = values.columns();
        body.u16(1).u16(0).u32(32 + 4L * initiators + 4L * targets + 2L * initiators * targets);
        body.u8(0).u8(type).u16(0).u32(initiators).u32(targets).u32(0).u64((long) unit * scale);
        for (int i = 0; i < initiators; i++) {
            body.u32(i);
        }
        for (int i = 0; i < targets; i++) {
            body.u32(i);
        }
        for (int value : values.values()) {
            body.u16(Math.min(MOST, Math.max(1, Math.round((float) value / scale))));
        }
    }

    private static void caches(Bytes body, int node, NumaNode memory) {
        List<MemorySideCache> caches = memory.caches();
        for (int i = 0; i < caches.size(); i++) {
            MemorySideCache cache = caches.get(i);
            int attributes = caches.size()
                    | (i + 1) << 4
                    | cache.associativity().code() << 8
                    | cache.writePolicy().code() << 12
                    | cache.lineBytes() << 16;
            body.u16(2)
                    .u16(0)
                    .u32(32)
                    .u32(node)
                    .u32(0)
                    .u64(cache.sizeBytes())
                    .u32(attributes)
                    .u16(0)
                    .u16(0);
        }
    }
}
