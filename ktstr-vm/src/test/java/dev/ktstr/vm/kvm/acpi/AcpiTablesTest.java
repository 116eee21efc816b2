package dev.ktstr.vm.kvm.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.ApicIds;
import dev.ktstr.vm.kvm.machine.MachineDescription;
import dev.ktstr.vm.kvm.machine.MemoryMap;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import dev.ktstr.vm.kvm.machine.Presets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads the tables back as an operating system does. {@link AslTest} has them read by others. */
class AcpiTablesTest {
    private static Tables tables(CpuTopology topology) {
        return tables(Presets.machine(topology, 2048));
    }

    private static Tables tables(MachineDescription machine) {
        return new Tables(AcpiTables.build(machine, MemoryMap.ACPI_TABLES));
    }

    /** Processor number to APIC id, in the table's order. */
    private static List<Integer> apicIds(ByteBuffer madt) {
        List<Integer> ids = new ArrayList<>();
        for (int at = 44; at < madt.capacity(); at += madt.get(at + 1)) {
            boolean x2 = madt.get(at) == 9;
            if (madt.get(at) == 0 || x2) {
                assertThat(madt.getInt(at + (x2 ? 8 : 4))).as("enabled").isEqualTo(1);
                assertThat(x2 ? madt.getInt(at + 12) : madt.get(at + 2) & 0xff).isEqualTo(ids.size());
                ids.add(x2 ? madt.getInt(at + 4) : madt.get(at + 3) & 0xff);
            }
        }
        return ids;
    }

    /** APIC id to node. */
    private static Map<Integer, Integer> nodes(ByteBuffer srat) {
        Map<Integer, Integer> nodes = new TreeMap<>();
        for (int at = 48; at < srat.capacity(); at += srat.get(at + 1)) {
            switch (srat.get(at)) {
                case 0 -> nodes.put(srat.get(at + 3) & 0xff, srat.get(at + 2) & 0xff);
                case 2 -> nodes.put(srat.getInt(at + 8), srat.getInt(at + 4));
                default -> assertThat(srat.get(at)).isEqualTo((byte) 1);
            }
        }
        return nodes;
    }

    @ParameterizedTest
    @MethodSource("dev.ktstr.vm.kvm.machine.Presets#allAndRandom")
    void cpusHaveTheIdsAndNodesThatCpuidGivesThem(CpuTopology t) {
        Tables tables = tables(t);
        ApicIds ids = new ApicIds(t);
        List<Integer> found = apicIds(tables.get("APIC"));
        assertThat(found).hasSize(t.cpus());
        for (int cpu = 0; cpu < t.cpus(); cpu++) {
            assertThat(found.get(cpu)).isEqualTo(ids.of(cpu));
        }
        if (t.numaNodes() == 1) {
            assertThat(tables.all()).doesNotContainKeys("SRAT", "SLIT", "HMAT");
            return;
        }
        Map<Integer, Integer> nodes = nodes(tables.get("SRAT"));
        assertThat(nodes).hasSize(t.cpus());
        for (int cpu = 0; cpu < t.cpus(); cpu++) {
            assertThat(nodes).containsEntry(ids.of(cpu), ids.nodeOf(cpu));
        }
    }

    @Test
    void idsFrom255OnHaveX2apicEntries() {
        ByteBuffer madt = tables(CpuTopology.parse("1n14l18c1t")).get("APIC");
        Map<Integer, Integer> kinds = new TreeMap<>();
        for (int at = 44; at < madt.capacity(); at += madt.get(at + 1)) {
            kinds.merge((int) madt.get(at), 1, Integer::sum);
        }
        // 8 packages of 32 ids, of which 18 are used, lie below 255.
        assertThat(kinds).isEqualTo(Map.of(0, 8 * 18, 9, 6 * 18, 1, 1, 2, 1, 4, 1, 10, 1));
    }

    @Test
    void memoryOfANodeIsListedRangeByRange() {
        ByteBuffer srat =
                tables(Presets.machine(CpuTopology.parse("2n2l1c1t"), 8192)).get("SRAT");
        List<String> memory = new ArrayList<>();
        for (int at = 48; at < srat.capacity(); at += srat.get(at + 1)) {
            if (srat.get(at) == 1) {
                assertThat(srat.getInt(at + 28)).isEqualTo(1);
                memory.add(srat.getInt(at + 2) + " " + new MemoryRange(srat.getLong(at + 8), srat.getLong(at + 16)));
            }
        }
        assertThat(memory)
                .containsExactly("0 0x0..0xbfffffff", "0 0x100000000..0x13fffffff", "1 0x140000000..0x23fffffff");
    }

    @Test
    void theFixedRegistersAreWhereTheDevicesAre() {
        ByteBuffer fadt = tables(CpuTopology.parse("1n1l1c1t")).get("FACP");
        assertThat(fadt.capacity()).isEqualTo(276);
        assertThat(fadt.getInt(56)).isEqualTo(0x600);
        assertThat(fadt.getInt(64)).isEqualTo(0x604);
        assertThat(fadt.get(88)).isEqualTo((byte) 4);
        assertThat(fadt.get(89)).isEqualTo((byte) 2);
        assertThat(fadt.get(108)).as("century").isEqualTo((byte) 0x32);
        assertThat(fadt.getShort(109)).as("no 8042, no VGA").isEqualTo((short) 5);
        assertThat(fadt.getLong(120)).as("reset register").isEqualTo(0xcf9);
        assertThat(fadt.get(128)).isEqualTo((byte) 6);
        assertThat(fadt.getLong(152)).isEqualTo(0x600);
        assertThat(fadt.getLong(176)).isEqualTo(0x604);
    }

    @Test
    void theDsdtIsTheseBytes() {
        byte[] dsdt = tables(CpuTopology.parse("1n1l1c1t")).all().get("DSDT");
        StringBuilder body = new StringBuilder();
        for (int i = 36; i < dsdt.length; i++) {
            body.append(String.format("%02x", dsdt[i]));
        }
        // Name(_S5_, Package(4){0,0,0,0}); Scope(_SB_) { two devices: _HID PNP0501, _UID, _CRS }
        assertThat(body)
                .hasToString("085f53355f120604" + "00000000"
                        + "104106" + "5f53425f"
                        + "5b822b434f4d31" + "085f4849440c41d00501" + "085f55494401"
                        + "085f43525311100a0d" + "4701f803f8030108" + "221000" + "7900"
                        + "5b822c434f4d32" + "085f4849440c41d00501" + "085f5549440a02"
                        + "085f43525311100a0d" + "4701f802f8020108" + "220800" + "7900");
    }

    @Test
    void tablesThatDoNotFitAreRefusedWithTheirSize() {
        MachineDescription machine = Presets.machine(CpuTopology.parse("4n128l8c4t"), 2048);
        assertThatThrownBy(() -> AcpiTables.build(machine, MemoryMap.ACPI_TABLES))
                .isInstanceOf(VmException.class)
                .hasMessageMatching("the ACPI tables of 4096 CPUs take \\d+ bytes, and there is room for 131072; .*");
    }

    @Test
    void theLargestMachinesThatKvmRunsFit() {
        assertThat(tables(CpuTopology.parse("8n128l4c2t")).all()).containsKeys("APIC", "SRAT");
    }

    @Test
    void aPlaceThatCannotHoldTablesIsRefused() {
        MachineDescription machine = Presets.machine(CpuTopology.parse("1n1l1c1t"), 2048);
        for (MemoryRange bad : List.of(new MemoryRange(0xe0010, 65536), new MemoryRange(0xffff0000L, 1 << 20))) {
            assertThatThrownBy(() -> AcpiTables.build(machine, bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
