package dev.ktstr.vm.kvm.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import dev.ktstr.vm.HostTool;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.ram.RamLayout;
import dev.ktstr.vm.kvm.machine.ApicIds;
import dev.ktstr.vm.kvm.machine.MachineDescription;
import dev.ktstr.vm.kvm.machine.MemoryMap;
import dev.ktstr.vm.kvm.machine.MemoryPerformance;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import dev.ktstr.vm.kvm.machine.MemorySideCache;
import dev.ktstr.vm.kvm.machine.MemorySideCache.Associativity;
import dev.ktstr.vm.kvm.machine.MemorySideCache.WritePolicy;
import dev.ktstr.vm.kvm.machine.NodeMatrix;
import dev.ktstr.vm.kvm.machine.NumaNode;
import dev.ktstr.vm.kvm.machine.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Has the tables disassembled and compiled again by ACPICA's iasl, which is the code inside Linux. */
class AslTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsIasl() {
        HostTool.assumeInstalled("iasl");
    }

    /** A machine with everything: two nodes with CPUs, one of memory alone, caches before memory, uneven distances. */
    static MachineDescription everything() {
        MemorySideCache cache = new MemorySideCache(1L << 30, 64, Associativity.DIRECT_MAPPED, WritePolicy.WRITE_BACK);
        List<NumaNode> nodes = List.of(
                new NumaNode(List.of(new MemoryRange(0, 1L << 30)), List.of(cache)),
                new NumaNode(List.of(new MemoryRange(1L << 30, 2L << 30), new MemoryRange(4L << 30, 1L << 30))),
                new NumaNode(List.of(new MemoryRange(5L << 30, 1L << 30))));
        NodeMatrix distances = NodeMatrix.of(3, 3, (i, j) -> i == j ? 10 : 15 + i + j);
        return new MachineDescription(
                CpuTopology.parse("2n4l2c2t"),
                nodes,
                distances,
                new MemoryPerformance(
                        NodeMatrix.of(2, 3, (i, j) -> i == j ? 80 : 300),
                        NodeMatrix.of(2, 3, (i, j) -> i == j ? 90 : 310),
                        NodeMatrix.of(2, 3, (i, j) -> i == j ? 204_800 : 32_000),
                        NodeMatrix.of(2, 3, (i, j) -> 10_000)));
    }

    /** Disassembles each table, compiles the result, and compares the bytes; gives the source texts. */
    private String roundTrip(MachineDescription machine) throws IOException {
        Map<String, byte[]> tables = new Tables(AcpiTables.build(machine, MemoryMap.ACPI_TABLES)).all();
        StringBuilder sources = new StringBuilder();
        for (Map.Entry<String, byte[]> table : tables.entrySet()) {
            String name = table.getKey();
            Files.write(folder.resolve(name + ".aml"), table.getValue());
            String out = HostTool.run(folder, "iasl", "-d", name + ".aml");
            assertThat(out).doesNotContainIgnoringCase("error").doesNotContainIgnoringCase("warning");
            sources.append(Files.readString(folder.resolve(name + ".dsl")));
            String back = HostTool.run(folder, "iasl", "-p", name + "-back", name + ".dsl");
            assertThat(back).contains("0 Errors, 0 Warnings, 0 Remarks").doesNotContain("Invalid");
            assertSame(name, table.getValue(), Files.readAllBytes(folder.resolve(name + "-back.aml")));
        }
        return sources.toString();
    }

    /** The compiler writes its own name and version as the table's creator, so creator and checksum differ. */
    private static void assertSame(String name, byte[] ours, byte[] compiled) {
        assertThat(compiled).as(name).hasSameSizeAs(ours);
        List<Integer> different = new ArrayList<>();
        for (int i = 0; i < ours.length; i++) {
            if (ours[i] != compiled[i] && i != 9 && (i < 28 || i >= 36)) {
                different.add(i);
            }
        }
        assertThat(different)
                .as("bytes of %s that iasl reads differently", name)
                .isEmpty();
    }

    @Test
    void iaslReadsTheSmallestMachine() throws IOException {
        String text = roundTrip(Presets.machine(CpuTopology.parse("1n1l1c1t"), 256));
        assertThat(text).contains("EisaId (\"PNP0501\")").contains("Name (_S5, Package (0x04)");
    }

    /** What Linux will read from them, in the words of a tool that knows nothing of us. */
    @Test
    void iaslFindsTheCpusOfEveryPresetInTheirNodes() throws IOException {
        for (String preset : Presets.ALL) {
            CpuTopology t = CpuTopology.parse(preset);
            String text = roundTrip(Presets.machine(t, 16_128));
            ApicIds ids = new ApicIds(t);
            List<Integer> inOrder =
                    IntStream.range(0, t.cpus()).mapToObj(ids::of).toList();
            assertThat(numbers(text, "Local Apic ID : (\\w+)|Processor x2Apic ID : (\\w+)"))
                    .as("APIC ids of %s", preset)
                    .containsExactlyElementsOf(inOrder);
            if (t.numaNodes() > 1) {
                assertThat(placement(text))
                        .as("nodes of %s by APIC id", preset)
                        .isEqualTo(
                                IntStream.range(0, t.cpus()).boxed().collect(Collectors.toMap(ids::of, ids::nodeOf)));
                assertThat(numbers(text, "Localities : (\\w+)")).containsExactly(t.numaNodes());
            }
        }
    }

    /** APIC id to node, from the text of SRAT. */
    private static Map<Integer, Integer> placement(String text) {
        Map<Integer, Integer> nodes = new HashMap<>();
        Matcher local = Pattern.compile("Proximity Domain Low\\(8\\) : (\\w+)\\s+.*Apic ID : (\\w+)")
                .matcher(text);
        while (local.find()) {
            nodes.put(Integer.parseInt(local.group(2), 16), Integer.parseInt(local.group(1), 16));
        }
        Matcher wide = Pattern.compile("Proximity Domain : (\\w+)\\s+.*Apic ID : (\\w+)")
                .matcher(text);
        while (wide.find()) {
            nodes.put(Integer.parseInt(wide.group(2), 16), Integer.parseInt(wide.group(1), 16));
        }
        return nodes;
    }

    /** The numbers that a pattern's groups find, in the order of the text. */
    private static List<Integer> numbers(String text, String pattern) {
        List<Integer> found = new ArrayList<>();
        Matcher m = Pattern.compile(pattern).matcher(text);
        while (m.find()) {
            String digits = m.group(1) == null ? m.group(2) : m.group(1);
            found.add(Integer.parseInt(digits, 16));
        }
        return found;
    }

    /** What a test writes as {@code memoryNodes} reaches the tables; numbers as iasl prints them, hexadecimal. */
    @Test
    void iaslReadsTheMemoryNodesOfAGuest() throws IOException {
        VmSpec spec = new VmSpec(folder, folder, CpuTopology.parse("2n2l1c1t"), 1, List.of(), folder)
                .withMemory(NumaMemory.parse(List.of(
                        "512M latency=90 bandwidth=50000 distances=10,20,40",
                        "512M latency=90 bandwidth=50000 distances=20,10,30",
                        "1G latency=300 bandwidth=20000 cache=64M distances=40,30,10")));
        String text = roundTrip(MachineDescription.of(spec, RamLayout.of(spec)));
        assertThat(text)
                .containsPattern("Localities +: 0000000000000003")
                .containsPattern("Locality +2 : 28 1E 0A")
                .containsPattern("Memory Side Cache Size : 0000000004000000")
                .containsPattern("Entry : 005A\\R.*Entry : 00B4\\R.*Entry : 0190") // 90, 180, 400 ns from node 0
                .containsPattern("Address Length : 0000000040000000");
    }

    @Test
    void iaslReadsAMachineWithEverything() throws IOException {
        String text = roundTrip(everything());
        assertThat(text)
                .contains("Memory Proximity Domain Attributes")
                .contains("Memory Side Cache")
                .containsPattern("Entry Base Unit : 00000000000003E8")
                .containsPattern("Entry Base Unit : 000000000000000A");
    }
}
