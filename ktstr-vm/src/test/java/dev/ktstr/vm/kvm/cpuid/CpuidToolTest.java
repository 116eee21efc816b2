package dev.ktstr.vm.kvm.cpuid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.HostTool;
import dev.ktstr.vm.kvm.cpuid.GuestCpuid.Options;
import dev.ktstr.vm.kvm.machine.ApicIds;
import dev.ktstr.vm.kvm.machine.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Has the raw leaves of every preset decoded by Todd Allen's cpuid, which knows nothing of us. Its own summary
 * lines ("synth") are not used: they guess, and on some of AMD's real processors say nonsense.
 */
class CpuidToolTest {
    private static final Pattern CPU = Pattern.compile("^CPU \\d+:$", Pattern.MULTILINE);

    /** More of one name than there are in a section: the four caches. */
    private static final int MOST = 4;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsTheTool() {
        HostTool.assumeInstalled("cpuid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"amd-zen4", "intel-skylake", "intel-sapphire-rapids"})
    void theToolFindsTheCpusOfEveryPresetInTheirPlaces(String host) throws IOException {
        List<CpuidEntry> supported = RawCpuid.host(host);
        for (String preset : Presets.ALL) {
            CpuTopology t = CpuTopology.parse(preset);
            GuestCpuid guest = new GuestCpuid(supported, new ApicIds(t), Options.DEFAULT);
            List<Integer> chosen = firstAndLastOfEachLlc(t);
            StringBuilder raw = new StringBuilder();
            chosen.forEach(cpu -> raw.append(RawCpuid.text(cpu, guest.of(cpu))));
            Files.writeString(folder.resolve("raw.txt"), raw);
            String[] decoded = CPU.split(HostTool.run(folder, "cpuid", "-f", "raw.txt"));
            assertThat(decoded).as("%s: CPUs, and what comes before them", t).hasSize(chosen.size() + 1);
            for (int i = 0; i < chosen.size(); i++) {
                compare(host, t, chosen.get(i), decoded[i + 1]);
            }
        }
    }

    private static List<Integer> firstAndLastOfEachLlc(CpuTopology t) {
        return IntStream.range(0, t.cpus())
                .filter(cpu -> cpu % t.cpusPerLlc() < 2 || (cpu + 1) % t.cpusPerLlc() == 0)
                .boxed()
                .toList();
    }

    private static void compare(String host, CpuTopology t, int cpu, String decoded) {
        comparePlace(t, cpu, decoded, "processor topology (0xb)", "extended APIC ID");
        compareCaches(t, decoded, host.startsWith("intel"));
        if (host.equals("intel-sapphire-rapids")) {
            comparePlace(t, cpu, decoded, "V2 extended topology (0x1f)", "x2APIC ID of logical processor");
        }
        if (!host.startsWith("intel")) {
            compareAmd(t, cpu, decoded);
        }
    }

    private static void comparePlace(CpuTopology t, int cpu, String decoded, String section, String idName) {
        int id = numbers(decoded, section, idName).get(0);
        List<Integer> widths = numbers(decoded, section, "bit width of level");
        List<Integer> counts = numbers(decoded, section, "number of logical processors at level");
        List<Integer> place = List.of(
                id >> widths.get(1),
                (id & (1 << widths.get(1)) - 1) >> widths.get(0),
                id & (1 << widths.get(0)) - 1,
                counts.get(0),
                counts.get(1));
        assertThat(place)
                .as("%s: package, core and thread of CPU %d, CPUs of a core, CPUs of a package", t, cpu)
                .containsExactly(
                        cpu / t.cpusPerLlc(),
                        cpu / t.threadsPerCore() % t.coresPerLlc(),
                        cpu % t.threadsPerCore(),
                        t.threadsPerCore(),
                        t.cpusPerLlc());
    }

    private static void compareCaches(CpuTopology t, String decoded, boolean intel) {
        String section = intel ? "deterministic cache parameters (4)" : "Cache Properties (0x8000001d)";
        String sharing = intel ? "maximum IDs for CPUs sharing cache" : "extra cores sharing this cache";
        List<Integer> sharers = numbers(decoded, section, sharing);
        int core = powerOfTwo(t.threadsPerCore());
        int llc = core * powerOfTwo(t.coresPerLlc());
        assertThat(sharers.subList(0, 4))
                .as("%s: ids that share a cache, less one", t)
                .containsExactly(core - 1, core - 1, core - 1, llc - 1);
        assertThat(numbers(decoded, section, intel ? "\\(size synth\\)" : "\\(synth size\\)")
                        .subList(0, 4))
                .containsExactly(32768, 32768, 1048576, 33554432);
    }

    private static void compareAmd(CpuTopology t, int cpu, String decoded) {
        assertThat(List.of(
                        numbers(decoded, "Size Identifiers (0x80000008/ecx)", "number of threads")
                                .get(0),
                        numbers(decoded, "Core Identifiers (0x8000001e/ebx)", "core ID")
                                .get(0),
                        numbers(decoded, "Core Identifiers (0x8000001e/ebx)", "threads per core")
                                .get(0),
                        numbers(decoded, "Node Identifiers (0x8000001e/ecx)", "node ID")
                                .get(0)))
                .as("%s: threads of CPU %d's package, its core, that core's threads, node", t, cpu)
                .containsExactly(
                        t.cpusPerLlc(),
                        cpu / t.threadsPerCore() % t.coresPerLlc(),
                        t.threadsPerCore(),
                        cpu / t.cpusPerLlc());
    }

    /** The numbers of all lines of this name after a section's start, in decimal: {@code name = 0x5 (5)} or {@code = 5}. */
    private static List<Integer> numbers(String text, String section, String name) {
        int start = text.indexOf(section);
        assertThat(start).as("section '%s' in the tool's output", section).isNotNegative();
        Matcher m = Pattern.compile("\\n *" + name + " += (?:0x[0-9a-f]+ \\()?(\\d+)")
                .matcher(text);
        List<Integer> numbers = new ArrayList<>();
        for (int at = start; numbers.size() < MOST && m.find(at); at = m.end()) {
            numbers.add(Integer.valueOf(m.group(1)));
        }
        assertThat(numbers).as("'%s' in the tool's section '%s'", name, section).isNotEmpty();
        return numbers;
    }

    private static int powerOfTwo(int atLeast) {
        return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) * 2;
    }
}
