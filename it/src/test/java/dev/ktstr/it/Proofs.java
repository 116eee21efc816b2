package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ktstr.guest.GuestException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.verify.VerifierLog;
import dev.ktstr.verify.VerifierStats;
import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.bpf.BpfProgram;
import dev.ktstr.vm.bpf.BpfValues;
import dev.ktstr.vm.btf.BtfValue;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.sched.Monitor;
import dev.ktstr.vm.sched.RunqueueSample;
import dev.ktstr.vm.sched.SchedDomain;
import dev.ktstr.vm.symbols.Kallsyms;
import dev.ktstr.vm.symbols.SymbolTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is read from a guest's memory is true: each kind of reading against what the guest itself says, by a way of its own. One guest,
 * under the fixture scheduler; which kernel, the subclasses say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Proofs {
    private static final String PINS = "/sys/fs/bpf";
    private static final String STOP = "/tmp/busy-stop";
    private static final String TRACING = "/sys/kernel/tracing/";
    private static final int MANY = 200;
    private static final int MAX_KALLSYMS = 64 << 20;
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    @TempDir
    static Path temp;

    private ObservedGuest observed;
    private BootedGuest guest;
    private KernelView kernel;
    private Bpftool bpftool;
    private Map<String, List<String>> said;

    /** Which kernel; empty for that of this process. */
    abstract Optional<String> kernel();

    @BeforeAll
    void boot() throws IOException {
        observed = ObservedGuest.boot(kernel(), "Fixtures#confined", Map.of(), temp);
        guest = observed.guest();
        observed.startScheduler("--verifier-log");
        kernel = guest.kernel();
        bpftool = new Bpftool(guest);
        String objects = Tools.send(guest, Tools.compiled("bpf_objects"));
        said = Tools.run(guest, objects, PINS, Integer.toString(MANY))
                .lines()
                .map(line -> Arrays.asList(line.split(" ", -1)))
                .collect(Collectors.toMap(words -> words.get(0), words -> words.subList(1, words.size())));
    }

    @AfterAll
    void end() {
        if (observed != null) {
            observed.close();
        }
    }

    // Runqueues.

    /** A CPU's part of the file: its {@code .name : value} lines. */
    private Map<Integer, Map<String, String>> schedDebug() {
        Map<Integer, Map<String, String>> cpus = new TreeMap<>();
        AtomicReference<Map<String, String>> current = new AtomicReference<>();
        Pattern head = Pattern.compile("cpu#(\\d+)(?:, [\\d.]+ MHz)?");
        Pattern field = Pattern.compile("  \\.(\\S+) +: (-?[\\d.]+)");
        guest.readText("/sys/kernel/debug/sched/debug").lines().forEach(line -> {
            Matcher cpu = head.matcher(line);
            Matcher value = field.matcher(line);
            if (cpu.matches()) {
                current.set(cpus.computeIfAbsent(Integer.parseInt(cpu.group(1)), n -> new LinkedHashMap<>()));
            } else if (line.startsWith("cfs_rq") || line.startsWith("rt_rq") || line.startsWith("dl_rq")) {
                current.set(null);
            } else if (value.matches() && current.get() != null) {
                current.get().put(value.group(1), value.group(2));
            }
        });
        return cpus;
    }

    /** Milliseconds with six digits behind the point. */
    private static long nanos(String text) {
        assertThat(text).matches("\\d+\\.\\d{6}");
        return Long.parseLong(text.replace(".", ""));
    }

    @Test
    void runqueuesAreThoseOfSchedDebug() throws IOException {
        String busy = Tools.send(guest, Tools.compiled("busy"));
        Tools.run(guest, busy, "1", "3", STOP);
        Tools.run(guest, busy, "2", "1", STOP);
        try {
            Monitor monitor = kernel.monitor();
            ObservedGuest.await(
                    "two readings of sched/debug with the busy tasks and nothing else, and one between", () -> {
                        Map<Integer, Map<String, String>> before = schedDebug();
                        List<RunqueueSample> cpus = monitor.sample().cpus();
                        Map<Integer, Map<String, String>> after = schedDebug();
                        between(before, cpus, after);
                        return running(before).equals(running(after))
                                && running(before).equals(read(cpus))
                                && read(cpus).get(1) == 3
                                && read(cpus).get(2) == 1;
                    });
            flagsAndCountsOfSchedExt(monitor);
        } finally {
            guest.writeText(STOP, "");
        }
    }

    /** What only grows has to lie between two readings of the guest's own, whatever runs. */
    private static void between(
            Map<Integer, Map<String, String>> before,
            List<RunqueueSample> cpus,
            Map<Integer, Map<String, String>> after) {
        assertThat(cpus).hasSize(4);
        for (RunqueueSample cpu : cpus) {
            Map<String, String> low = before.get(cpu.cpu());
            Map<String, String> high = after.get(cpu.cpu());
            assertThat(cpu.clockNs()).isBetween(nanos(low.get("clock")), nanos(high.get("clock")));
            assertThat(cpu.nrSwitches())
                    .isBetween(Long.parseLong(low.get("nr_switches")), Long.parseLong(high.get("nr_switches")));
        }
    }

    private static List<Integer> running(Map<Integer, Map<String, String>> debug) {
        return debug.values().stream()
                .map(cpu -> Integer.valueOf(cpu.get("nr_running")))
                .toList();
    }

    private static List<Integer> read(List<RunqueueSample> cpus) {
        return cpus.stream().map(RunqueueSample::nrRunning).toList();
    }

    /** The kernel's own dump of sched_ext (SysRq-D, kernel/sched/ext.c scx_dump_state) goes into the trace. */
    private void flagsAndCountsOfSchedExt(Monitor monitor) {
        Pattern line = Pattern.compile("CPU (\\d+) *: nr_run=(\\d+) flags=0x([0-9a-f]+)");
        guest.writeText(TRACING + "events/sched_ext/sched_ext_dump/enable", "1");
        ObservedGuest.await("the kernel's dump says what was read, of two busy CPUs", () -> {
            guest.writeText(TRACING + "trace", "");
            List<RunqueueSample> cpus = monitor.sample().cpus();
            guest.writeText("/proc/sysrq-trigger", "D");
            Map<Integer, List<Integer>> dumped = new TreeMap<>();
            Matcher cpu = line.matcher(guest.readText(TRACING + "trace"));
            while (cpu.find()) {
                dumped.put(
                        Integer.parseInt(cpu.group(1)),
                        List.of(Integer.parseInt(cpu.group(2)), Integer.parseInt(cpu.group(3), 16)));
            }
            return IntStream.of(1, 2).allMatch(n -> {
                RunqueueSample.Scx scx = cpus.get(n).scx().orElseThrow();
                return List.of(scx.nrRunning(), scx.flags()).equals(dumped.get(n))
                        && scx.nrRunning() == (n == 1 ? 3 : 1);
            });
        });
        guest.writeText(TRACING + "events/sched_ext/sched_ext_dump/enable", "0");
    }

    // Scheduling domains.

    @Test
    void domainsAreThoseOfDebugfs() {
        // The kernel lists them for whoever asks it to be verbose (kernel/sched/debug.c sched_verbose_write).
        guest.writeText("/sys/kernel/debug/sched/verbose", "Y");
        Monitor monitor = kernel.monitor();
        for (int cpu : monitor.cpus()) {
            List<SchedDomain> domains = SchedDomain.of(kernel.structs(), monitor, cpu);
            String folder = "/sys/kernel/debug/sched/domains/cpu" + cpu + "/domain";
            assertThat(domains).hasSize(2);
            for (int i = 0; i < domains.size(); i++) {
                SchedDomain domain = domains.get(i);
                assertThat(guest.readText(folder + i + "/name"))
                        .isEqualTo(domain.name().orElseThrow());
                assertThat(guest.readText(folder + i + "/flags").strip().split(" +"))
                        .as("%s", domain)
                        .hasSize(Integer.bitCount(domain.flags()));
                int number = i;
                text(folder + i + "/level")
                        .ifPresent(level -> assertThat(domain.level())
                                .as("domain %d", number)
                                .isEqualTo(Integer.parseInt(level)));
            }
            assertThat(text(folder + domains.size() + "/name")).isEmpty();
        }
    }

    /** A file of the guest, empty when it has none such. */
    private Optional<String> text(String path) {
        try {
            return Optional.of(guest.readText(path));
        } catch (GuestException e) {
            assertThat(e.kind()).isEqualTo(GuestException.Kind.AGENT);
            return Optional.empty();
        }
    }

    // Maps.

    private BpfMap map(String name) {
        return kernel.bpf().map(name);
    }

    @Test
    void everyMapIsListedAsBpftoolShowsIt() throws IOException {
        Map<Integer, JsonNode> shown = bpftool.maps();
        List<BpfMap> maps = kernel.bpf().maps();
        assertThat(maps).extracting(BpfMap::id).containsExactlyInAnyOrderElementsOf(shown.keySet());
        assertThat(maps).hasSizeGreaterThan(MANY).allSatisfy(map -> {
            JsonNode truth = shown.get(map.id());
            assertThat(map.name()).isEqualTo(truth.path("name").asText());
            // bpftool of this age knows numbers only of kinds that are newer than itself.
            if (truth.path("type").isTextual()) {
                assertThat(map.type()).isEqualTo(truth.path("type").asText());
            }
            assertThat(map.flags()).isEqualTo(truth.path("flags").asInt());
            assertThat(map.keySize()).isEqualTo(truth.path("bytes_key").asInt());
            assertThat(map.valueSize()).isEqualTo(truth.path("bytes_value").asInt());
            assertThat(map.maxEntries()).isEqualTo(truth.path("max_entries").asInt());
        });
    }

    @Test
    void entriesOfEveryKindAreThoseOfBpftoolsDump() throws IOException {
        Map<String, Integer> kinds = Map.of(
                "p_array", 5,
                "p_pcpu_array", 3,
                "p_hash", 100,
                "p_hash_np", 100,
                "p_pcpu_hash", 20,
                "p_lru_pcpu", 20);
        for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
            assertThat(entries(map(kind.getKey())))
                    .as(kind.getKey())
                    .hasSize(kind.getValue())
                    .isEqualTo(bpftool.dump(map(kind.getKey()).id()));
        }
        // How many it forgot is its own affair.
        assertThat(entries(map("p_lru_hash")))
                .hasSizeBetween(1, 64)
                .isEqualTo(bpftool.dump(map("p_lru_hash").id()));
        assertThat(entries(map("p_pcpu_array")).values())
                .allSatisfy(values -> assertThat(values).hasSize(4));
    }

    /** As {@link Bpftool#dump} has them. */
    private Map<String, List<String>> entries(BpfMap map) {
        Map<String, List<String>> read = new TreeMap<>();
        for (BpfEntry entry : kernel.values().entries(map)) {
            read.put(
                    HexFormat.of().formatHex(entry.key()),
                    entry.values().stream().map(HexFormat.of()::formatHex).toList());
        }
        return read;
    }

    @Test
    void aRingBuffersPositionsAreThoseItsUserSees() {
        BpfValues.Ring ring = kernel.values().ring(map("p_ring"));
        assertThat(said.get("ring"))
                .containsExactly(
                        Long.toString(ring.consumer()), Long.toString(ring.producer()), Long.toString(ring.size()));
        assertThat(ring.producer()).isEqualTo(3 * 16);
    }

    @Test
    void anArenasPagesAreThoseItsUserTouchedWithWhatItWroteThere() {
        BpfMap map = map("p_arena");
        assertThat(map.type()).isEqualTo("arena");
        BpfValues.Arena arena = kernel.values().arena(map);
        List<String> words = said.get("arena");
        assertThat(Long.toUnsignedString(arena.userAddress())).isEqualTo(words.get(0));
        assertThat(arena.maxPages()).isEqualTo(Integer.parseInt(words.get(1)));
        assertThat(arena.pages())
                .containsExactlyElementsOf(words.subList(2, words.size()).stream()
                        .map(Integer::valueOf)
                        .toList());
        for (int page : arena.pages()) {
            byte[] bytes = kernel.values().readArena(map, page * 4096L, 4096);
            for (int i = 0; i < bytes.length; i++) {
                assertThat(bytes[i]).isEqualTo((byte) (page * 31 + i * 7 + 1));
            }
        }
    }

    @Test
    void globalsAreThoseOfBpftoolsDump() throws IOException {
        JsonNode constants = section(".rodata");
        for (String name : List.of("slice_ns", "slow", "starve_ns", "nr_cpus", "cpu_limit", "verify_blocks")) {
            assertThat(kernel.globals().read(name).asLong())
                    .as(name)
                    .isEqualTo(constants.path(name).asLong());
        }
        assertThat(kernel.globals().read("nr_cpus").asLong()).isEqualTo(4);
        JsonNode before = section(".bss");
        Map<String, Long> read = new LinkedHashMap<>();
        List<String> counters = List.of("nr_enqueued", "nr_dispatched", "nr_direct", "nr_stalled", "nr_dropped");
        counters.forEach(name -> read.put(name, kernel.globals().read(name).asLong()));
        JsonNode after = section(".bss");
        counters.forEach(name -> assertThat(read.get(name))
                .as(name)
                .isBetween(before.path(name).asLong(), after.path(name).asLong()));
        assertThat(read.get("nr_dispatched")).isPositive();
    }

    /** A section's variables as bpftool shows them by the program's BTF. */
    private JsonNode section(String section) throws IOException {
        BpfMap map = kernel.bpf().maps().stream()
                .filter(m -> m.section().equals(Optional.of(section)))
                .findFirst()
                .orElseThrow();
        JsonNode variables = bpftool.json("map", "dump", "id", Integer.toString(map.id()))
                .at("/0/formatted/value")
                .path(section);
        ObjectNode merged = new ObjectMapper().createObjectNode();
        variables.forEach(one -> merged.setAll((ObjectNode) one));
        assertThat(merged.size()).as("%s", variables).isPositive();
        return merged;
    }

    @Test
    void theOperationsAreThoseOfBpftoolsDump() throws IOException {
        BpfMap ops = kernel.bpf().maps().stream()
                .filter(m -> m.type().equals("struct_ops"))
                .findFirst()
                .orElseThrow();
        BpfValues.StructOps read = kernel.values().structOps(ops);
        // What was given to the kernel, as bytes: bpftool of this age does not know the layout of today's.
        String given = bpftool.dump(ops.id()).get("00000000").get(0);
        int type = (int) kernel.structs().number(ops.address(), "bpf_map", "btf_vmlinux_value_type_id");
        BtfValue truth =
                BtfValue.of(kernel.structs().btf(), type, HexFormat.of().parseHex(given));
        assertThat(read.data().get("name").asText())
                .isEqualTo("ktstr")
                .isEqualTo(truth.get("data.name").asText());
        for (String field : List.of("flags", "timeout_ms", "exit_dump_len", "dispatch_max_batch", "hotplug_seq")) {
            assertThat(read.data().get(field).asLong())
                    .as(field)
                    .isEqualTo(truth.get("data").get(field).asLong());
        }
        assertThat(read.data().get("timeout_ms").asLong()).isEqualTo(5000);
        assertThat(truth.get("common.state").asEnumName().orElseThrow()).endsWith(read.state());
    }

    // A kernel that chooses its own place.

    @Test
    void aKernelThatChoosesItsPlaceIsFoundThereOrSaysThatItCannot() throws IOException {
        Map<String, String> options = Map.of("ktstr.kaslr", "true", "ktstr.template", "off");
        Path folder = Files.createDirectories(temp.resolve("kaslr"));
        KernelImage image = observed.variant().kernel();
        if (!Files.readString(Objects.requireNonNull(image.config())).contains("\nCONFIG_RANDOMIZE_BASE=y\n")) {
            assertThatThrownBy(() -> ObservedGuest.boot(kernel(), "Fixtures#confined", options, folder))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("-Dktstr.kaslr")
                    .hasMessageContaining("built without CONFIG_RANDOMIZE_BASE");
            return;
        }
        try (ObservedGuest other = ObservedGuest.boot(kernel(), "Fixtures#confined", options, folder)) {
            assertThat(other.guest().readText("/proc/cmdline")).doesNotContain("kaslr");
            KernelMemory moved = other.guest().kernel().structs().memory();
            KernelMemory here = kernel.structs().memory();
            assertThat(moved.symbol("_text")).isNotEqualTo(here.symbol("_text"));
            assertThat(moved.directMap()).isNotEqualTo(here.directMap());
            SymbolTable there = Kallsyms.parse(other.guest().session().readFile("/proc/kallsyms", MAX_KALLSYMS));
            for (String name : List.of("_text", "schedule", "runqueues", "init_task", "map_idr")) {
                assertThat(moved.symbol(name)).as(name).isEqualTo(there.address(name));
            }
            other.startScheduler();
            KernelView view = other.guest().kernel();
            assertThat(view.monitor().sample().cpus())
                    .hasSize(4)
                    .allMatch(cpu -> cpu.scx().isPresent());
            assertThat(view.globals().read("slice_ns").asLong()).isEqualTo(10_000_000);
            Bpftool.agrees(
                    other.guest(),
                    "scx-ktstr",
                    view.bpf().programs().stream()
                            .filter(p -> p.name().startsWith("ktstr_"))
                            .toList());
        }
    }

    // Programs.

    @Test
    void programsAreThoseOfBpftoolAndOfTheVerifiersLog() throws IOException {
        List<BpfProgram> own = kernel.bpf().programs().stream()
                .filter(p -> p.name().startsWith("ktstr_"))
                .toList();
        assertThat(own).hasSize(5);
        Bpftool.agrees(guest, "scx-ktstr", own);
        Map<String, Long> logged = VerifierLog.in(guest.session().schedulerLog()).stream()
                .collect(Collectors.toMap(
                        VerifierLog::program,
                        log -> log.stats().map(VerifierStats::processed).orElseThrow()));
        assertThat(own.stream()
                        .collect(Collectors.toMap(
                                BpfProgram::name, p -> p.verifiedInsns().orElseThrow())))
                .isEqualTo(logged);
    }

    // What comes and goes.

    @Test
    void mapsThatComeAndGoWhileTheyAreWalkedGiveTheirOwnValuesOrAnError() throws Exception {
        String objects = Tools.send(guest, Tools.compiled("bpf_objects"));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread churn = new Thread(
                () -> {
                    try {
                        Tools.run(guest, objects, "--churn", "3000");
                    } catch (RuntimeException | AssertionError e) {
                        failure.set(e);
                    }
                },
                "churn");
        churn.start();
        int walked = 0;
        List<String> refusals = new ArrayList<>();
        while (churn.isAlive()) {
            try {
                for (BpfMap map : kernel.bpf().maps()) {
                    if (map.name().startsWith("c_")) {
                        walked += own(map);
                    }
                }
            } catch (BpfException e) {
                refusals.add(e.getMessage());
            }
        }
        churn.join();
        assertThat(failure.get()).isNull();
        // In the lab the reader is emulated as well, and slower than the guest: there it may meet none that lives.
        assertThat(System.getProperty("it.tools") == null ? walked : walked + refusals.size())
                .as("entries of maps that lived; refused: %s", refusals)
                .isPositive();
        assertThat(refusals)
                .allSatisfy(text -> assertThat(text)
                        .containsAnyOf(
                                "was freed", "could not be read in", "did not stand still", "changed while read"));
        assertThat(kernel.bpf().maps()).noneMatch(map -> map.name().startsWith("c_"));
    }

    /** Each value of such a map has the map's number in it: a value of another's would show. */
    private int own(BpfMap map) {
        int entries = 0;
        byte[] expected = map.name().substring(2).getBytes(StandardCharsets.US_ASCII);
        for (BpfEntry entry : kernel.values().entries(map)) {
            byte[] value = entry.values().get(0);
            boolean fresh = IntStream.range(0, value.length).allMatch(i -> value[i] == 0);
            // A map is there before its first entry is written.
            if (!fresh) {
                assertThat(Arrays.copyOf(value, expected.length)).isEqualTo(expected);
                entries++;
            }
        }
        return entries;
    }

    @Test
    void countersOfEventsAreThoseOfSysfs() {
        Monitor monitor = kernel.monitor();
        Optional<String> before = text("/sys/kernel/sched_ext/root/events");
        Map<String, Long> read = monitor.sample().events();
        Optional<String> after = text("/sys/kernel/sched_ext/root/events");
        assertThat(monitor.hasEvents()).isEqualTo(before.isPresent());
        if (before.isEmpty()) {
            assertThat(read).as("this kernel keeps none").isEmpty();
            return;
        }
        Map<String, Long> low = events(before.orElseThrow());
        Map<String, Long> high = events(after.orElseThrow());
        assertThat(read.keySet()).containsExactlyInAnyOrderElementsOf(low.keySet());
        read.forEach((name, value) -> assertThat(value).as(name).isBetween(low.get(name), high.get(name)));
    }

    private static Map<String, Long> events(String text) {
        return text.lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> NUMBER.matcher(words[1]).matches())
                .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
    }
}
