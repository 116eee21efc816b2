package dev.ktstr.vm.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.kvm.machine.MemoryMap.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryMapTest {
    private static String text(String topology, int memoryMb) {
        StringBuilder text = new StringBuilder();
        for (MemoryMap.Entry e : MemoryMap.of(Presets.machine(CpuTopology.parse(topology), memoryMb))
                .entries()) {
            text.append(e.range()).append(' ').append(e.kind()).append('\n');
        }
        return text.toString();
    }

    @Test
    void ramHasHolesForThePcTheTablesAndTheSharedWindow() {
        assertThat(text("1n1l1c1t", 256)).isEqualTo("""
                0x0..0x9fbff RAM
                0x9fc00..0x9ffff RESERVED
                0xe0000..0xfffff ACPI
                0x100000..0x7ffffff RAM
                0x8000000..0x9ffffff RESERVED
                0xa000000..0xfffffff RAM
                """);
    }

    @Test
    void ramAboveTheHoleBelow4GiBIsListedApart() {
        assertThat(text("2n2l1c1t", 6144)).endsWith("""
                0xa000000..0xbfffffff RAM
                0x100000000..0x1bfffffff RAM
                """);
    }

    @ParameterizedTest
    @CsvSource({"1n1l1c1t, 224", "1n1l1c1t, 3072", "4n8l4c1t, 8192", "2n4l4c1t, 3074"})
    void entriesAscendWithoutOverlapAndHoldAllRam(String topology, int memoryMb) {
        MachineDescription machine = Presets.machine(CpuTopology.parse(topology), memoryMb);
        MemoryMap map = MemoryMap.of(machine);
        long end = 0;
        long bytes = 0;
        for (MemoryMap.Entry e : map.entries()) {
            assertThat(e.range().start()).isGreaterThanOrEqualTo(end);
            end = e.range().end();
            bytes += e.kind() == Kind.RAM ? e.range().length() : 0;
        }
        long taken = (32L << 20) + (0x100000 - 0x9fc00);
        assertThat(bytes).isEqualTo(((long) memoryMb << 20) - taken);
    }
}
