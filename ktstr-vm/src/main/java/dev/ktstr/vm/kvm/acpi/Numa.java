package dev.ktstr.vm.kvm.acpi;

import dev.ktstr.vm.kvm.machine.ApicIds;
import dev.ktstr.vm.kvm.machine.MachineDescription;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import dev.ktstr.vm.kvm.machine.NodeMatrix;

/** SRAT and SLIT: which CPUs and memory are in which node (section 5.2.16), and how far nodes are apart (5.2.17). */
final class Numa {
    private static final int SRAT_REVISION = 3;
    private static final int SLIT_REVISION = 1;
    private static final int ENABLED = 1;

    private Numa() {}

    static byte[] srat(MachineDescription machine) {
        // "Table revision" is 1 for compatibility with tables from before ACPI 2.0.
        Bytes body = new Bytes().u32(1).u64(0);
        ApicIds ids = machine.apicIds();
        for (int cpu = 0; cpu < machine.topology().cpus(); cpu++) {
            int id = ids.of(cpu);
            int node = ids.nodeOf(cpu);
            if (id <= ApicIds.MAX_XAPIC) {
                body.u8(0).u8(16).u8(node).u8(id).u32(ENABLED);
                body.u8(0).u8(node >>> 8).u16(node >>> 16).u32(0);
            } else {
                body.u8(2).u8(24).u16(0).u32(node).u32(id).u32(ENABLED).u32(0).u32(0);
            }
        }
        for (int node = 0; node < machine.nodes().size(); node++) {
            for (MemoryRange range : machine.nodes().get(node).memory()) {
                body.u8(1).u8(40).u32(node).u16(0).u64(range.start()).u64(range.length());
                body.u32(0).u32(ENABLED).u64(0);
            }
        }
        return Table.of("SRAT", SRAT_REVISION, body.toArray());
    }

    static byte[] slit(NodeMatrix distances) {
        Bytes body = new Bytes().u64(distances.rows());
        for (int from = 0; from < distances.rows(); from++) {
            for (int to = 0; to < distances.columns(); to++) {
                body.u8(distances.at(from, to));
            }
        }
        return Table.of("SLIT", SLIT_REVISION, body.toArray());
    }
}
