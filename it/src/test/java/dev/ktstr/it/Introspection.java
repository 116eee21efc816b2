package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.guest.SchedulerAttached;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfGlobals;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.bpf.BpfProgram;
import dev.ktstr.vm.bpf.BpfReader;
import dev.ktstr.vm.bpf.BpfValues;
import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.kernel.SavedMemory;
import dev.ktstr.vm.sched.Monitor;
import dev.ktstr.vm.sched.MonitorSample;
import dev.ktstr.vm.sched.RunqueueSample;
import dev.ktstr.vm.sched.SchedDomain;
import dev.ktstr.vm.sched.ScxWatchdog;
import dev.ktstr.vm.symbols.ElfSymbols;
import dev.ktstr.vm.symbols.Kallsyms;
import dev.ktstr.vm.symbols.SymbolException;
import dev.ktstr.vm.symbols.SymbolTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What is read from a guest's memory is what the guest itself says. One guest for all, under the fixture scheduler. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class Introspection {
    private static final int MAX_KALLSYMS = 64 << 20;
    private static final Pattern DISPATCHED = Pattern.compile("nr_dispatched=(\\d+)");

    @TempDir
    static Path temp;

    private static ObservedGuest observed;
    private static BootedGuest guest;
    private static SchedulerAttached attached;
    private static SymbolTable symbols;
    private static KernelMemory memory;
    private static KernelStructs structs;
    private static BpfReader bpf;
    private static BpfValues values;
    private static BpfGlobals globals;

    /** Which kernel; empty for that of this process. */
    abstract Optional<String> kernel();

    @BeforeAll
    void boot() throws IOException {
        observed = ObservedGuest.boot(kernel(), "Fixtures#confined", Map.of(), temp);
        guest = observed.guest();
        attached = observed.startScheduler();
        KernelImage image = observed.variant().kernel();
        symbols = symbols(image);
        memory = KernelMemory.open(guest.machine().memory(), symbols);
        structs = new KernelStructs(memory, Btf.parse(Files.readAllBytes(image.btf())));
        bpf = new BpfReader(structs);
        values = new BpfValues(structs, bpf);
        globals = new BpfGlobals(bpf, values);
    }

    /** From vmlinux where it has them, else from the guest, as for a packaged kernel. */
    private static SymbolTable symbols(KernelImage image) throws IOException {
        try {
            return ElfSymbols.read(image.vmlinux());
        } catch (SymbolException stripped) {
            return Kallsyms.parse(guest.session().readFile("/proc/kallsyms", MAX_KALLSYMS));
        }
    }

    @AfterAll
    void end() {
        if (observed != null) {
            observed.close();
        }
        observed = null;
    }

    @Test
    @Order(1)
    void theKernelIsFoundAndItsTextIsThatOfProc() {
        assertThat(memory.readText(memory.symbol("linux_banner"), 512).strip())
                .isEqualTo(guest.readText("/proc/version"));
        assertThat(memory.readText(memory.readLong(memory.symbol("saved_command_line")), 2048))
                .isEqualTo(guest.readText("/proc/cmdline"));
        assertThat(structs.text(memory.symbol("init_task"), "task_struct", "comm"))
                .isEqualTo("swapper/0");
        assertThat(memory.slide()).isZero();
        assertThat(symbols.at(symbols.address("schedule") + 3).orElseThrow().offset())
                .isEqualTo(3);
        assertThatThrownBy(() -> memory.readLong(0x1000)).isInstanceOf(KernelAccessException.class);
        assertThatThrownBy(() -> memory.symbol("runqueue"))
                .isInstanceOf(SymbolException.class)
                .hasMessageContaining("runqueues");
    }

    @Test
    @Order(2)
    void processOneIsFoundThroughTheTaskList() {
        long init = memory.symbol("init_task");
        int tasks = structs.field("task_struct", "tasks").offset();
        long first = memory.readLong(init + tasks) - tasks;
        assertThat(structs.number(first, "task_struct", "pid")).isEqualTo(1);
        assertThat(structs.text(first, "task_struct", "comm")).isEqualTo(guest.readText("/proc/1/comm"));
    }

    @Test
    @Order(3)
    void runqueuesLieBetweenTwoReadingsOfSchedstat() {
        Monitor monitor = new Monitor(structs);
        assertThat(monitor.cpus()).containsExactly(0, 1, 2, 3);
        Map<Integer, long[]> before = schedstat();
        MonitorSample sample = monitor.sample();
        Map<Integer, long[]> after = schedstat();
        assertThat(sample.absent()).isEmpty();
        for (RunqueueSample cpu : sample.cpus()) {
            RunqueueSample.Schedstat stat = cpu.schedstat().orElseThrow();
            long[] ours = {
                stat.yldCount(),
                0,
                stat.schedCount(),
                stat.schedGoidle(),
                stat.ttwuCount(),
                stat.ttwuLocal(),
                stat.cpuTime(),
                stat.runDelay(),
                stat.pcount().orElseThrow()
            };
            for (int i = 0; i < ours.length; i++) {
                assertThat(ours[i])
                        .as("cpu%d field %d", cpu.cpu(), i)
                        .isBetween(before.get(cpu.cpu())[i], after.get(cpu.cpu())[i]);
            }
            assertThat(cpu.scx()).isPresent();
            assertThat(cpu.nrRunning()).isBetween(0, 100);
            assertThat(cpu.clockNs()).isPositive();
        }
    }

    private static Map<Integer, long[]> schedstat() {
        Map<Integer, long[]> cpus = new LinkedHashMap<>();
        Matcher line = Pattern.compile("(?m)^cpu(\\d+) (.*)$").matcher(guest.readText("/proc/schedstat"));
        while (line.find()) {
            String[] words = line.group(2).trim().split(" ", -1);
            long[] numbers = new long[words.length];
            for (int i = 0; i < words.length; i++) {
                numbers[i] = Long.parseLong(words[i]);
            }
            cpus.put(Integer.parseInt(line.group(1)), numbers);
        }
        return cpus;
    }

    @Test
    @Order(4)
    void domainsAreThoseOfSchedstat() {
        Monitor monitor = new Monitor(structs);
        List<Long> masks = new ArrayList<>();
        Matcher cpu0 = Pattern.compile("(?ms)^cpu0 .*?(?=^cpu1 )").matcher(guest.readText("/proc/schedstat"));
        assertThat(cpu0.find()).isTrue();
        Matcher domain =
                Pattern.compile("(?m)^domain\\d+ (?:[A-Z]+ )?([0-9a-f,]+) ").matcher(cpu0.group());
        while (domain.find()) {
            String mask = domain.group(1);
            masks.add(Long.parseLong(mask.substring(mask.lastIndexOf(',') + 1), 16));
        }
        List<SchedDomain> domains = SchedDomain.of(structs, monitor, 0);
        assertThat(domains).hasSize(2);
        assertThat(domains)
                .extracting(d -> d.cpus().orElseThrow().toLongArray()[0])
                .isEqualTo(masks);
    }

    @Test
    @Order(5)
    void aFrozenGuestsClocksStandAndARunningOnesMove() {
        Monitor monitor = new Monitor(structs);
        guest.machine().freeze();
        MonitorSample one = monitor.sample();
        MonitorSample two = monitor.sample();
        guest.machine().resume();
        assertThat(two.cpus()).isEqualTo(one.cpus()).allMatch(RunqueueSample::consistent);
        long clock = one.cpus().get(0).clockNs();
        ObservedGuest.await(
                "the clock moves", () -> monitor.sample().cpus().get(0).clockNs() > clock);
    }

    @Test
    @Order(6)
    void mapsAndProgramsAreThoseTheGuestShows() {
        Map<Long, Map<String, String>> maps = new LinkedHashMap<>();
        Map<Long, Map<String, String>> programs = new LinkedHashMap<>();
        for (int fd = 3; fd < 64; fd++) {
            Map<String, String> info = fdinfo(fd);
            // A link shows ids, too, but no type of these.
            if (info.containsKey("map_type")) {
                maps.put(Long.parseLong(info.get("map_id")), info);
            } else if (info.containsKey("prog_type")) {
                programs.put(Long.parseLong(info.get("prog_id")), info);
            }
        }
        assertThat(maps).hasSizeGreaterThan(2);
        assertThat(programs).hasSizeGreaterThan(3);
        List<BpfMap> found = bpf.maps();
        maps.forEach((id, info) -> assertThat(found)
                .filteredOn(m -> m.id() == id)
                .singleElement()
                .satisfies(m -> {
                    assertThat(m.keySize()).isEqualTo(Integer.parseInt(info.get("key_size")));
                    assertThat(m.valueSize()).isEqualTo(Integer.parseInt(info.get("value_size")));
                    assertThat(m.maxEntries()).isEqualTo(Integer.parseInt(info.get("max_entries")));
                    assertThat(m.flags()).isEqualTo(Integer.decode(info.get("map_flags")));
                }));
        List<BpfProgram> loaded = bpf.programs();
        programs.forEach((id, info) -> assertThat(loaded)
                .filteredOn(p -> p.id() == id)
                .singleElement()
                .satisfies(p -> {
                    assertThat(p.verifiedInsns()).hasValue(Long.parseLong(info.get("verified_insns")));
                    assertThat(p.type()).isIn("struct_ops", "socket_filter", "tracepoint", "tracing", "syscall");
                    assertThat(p.jitedBytes().isPresent())
                            .isEqualTo(info.get("prog_jited").equals("1"));
                }));
        assertThat(bpf.program("ktstr_dispatch").verifiedInsns().orElseThrow()).isPositive();
        assertThatThrownBy(() -> bpf.program("ktstr_dispatc"))
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("did you mean 'ktstr_dispatch'");
    }

    private static Map<String, String> fdinfo(int fd) {
        Map<String, String> info = new LinkedHashMap<>();
        try {
            guest.readText("/proc/" + attached.pid() + "/fdinfo/" + fd).lines().forEach(line -> {
                String[] words = line.split(":\\s*", 2);
                info.put(words[0], words[words.length - 1]);
            });
        } catch (RuntimeException e) {
            return Map.of(); // no such descriptor
        }
        return info;
    }

    @Test
    @Order(7)
    void globalsAreThoseTheSchedulerPrints() {
        long before = printed();
        ObservedGuest.await("the scheduler prints", () -> printed() > before);
        long low = printed();
        long now = globals.read("nr_dispatched").asLong();
        assertThat(now).isGreaterThanOrEqualTo(low);
        ObservedGuest.await("the scheduler prints what was read, or more", () -> printed() >= now);
        assertThat(globals.read("slice_ns").asLong()).isEqualTo(10_000_000);
        assertThat(globals.read("exit_report.kind").asLong()).isZero();
        assertThat(globals.read("exit_report.reason").asText()).isEmpty();
        assertThat(globals.read("exit_report.msg[3]").asLong()).isZero();
        assertThatThrownBy(() -> globals.read("nr_dispatchd"))
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("did you mean 'nr_dispatched'");
        assertThatThrownBy(() -> globals.write("slice_ns", 1)).hasMessageContaining("verifier");
        assertThatThrownBy(() -> globals.write("stall", 1L << 32)).hasMessageContaining("32 bits");
    }

    private static long printed() {
        Matcher counts = DISPATCHED.matcher(guest.session().schedulerLog());
        long last = -1;
        while (counts.find()) {
            last = Long.parseLong(counts.group(1));
        }
        return last;
    }

    @Test
    @Order(8)
    void theOperationsAreReadFromTheirMap() {
        BpfMap ops = bpf.maps().stream()
                .filter(m -> m.type().equals("struct_ops"))
                .findFirst()
                .orElseThrow();
        BpfValues.StructOps read = values.structOps(ops);
        assertThat(read.state()).isIn("READY", "INUSE");
        assertThat(read.data().get("name").asText()).isEqualTo("ktstr");
        assertThat(read.data().get("timeout_ms").asLong()).isEqualTo(5000);
        assertThatThrownBy(() -> values.entries(ops)).hasMessageContaining("can be read");
    }

    @Test
    @Order(9)
    void eventCountersAreThoseOfSysfsWhereTheKernelKeepsAny() {
        Monitor monitor = new Monitor(structs);
        boolean kernelKeeps = structs.btf()
                .findField("scx_event_stats", "SCX_EV_SELECT_CPU_FALLBACK")
                .isPresent();
        assertThat(monitor.hasEvents()).isEqualTo(kernelKeeps);
        if (!kernelKeeps) {
            assertThat(monitor.sample().events()).isEmpty();
            return;
        }
        Map<String, Long> before = sysfsEvents();
        Map<String, Long> sample = monitor.sample().events();
        Map<String, Long> after = sysfsEvents();
        assertThat(sample.keySet()).containsAll(before.keySet()).isNotEmpty();
        before.forEach((name, value) -> assertThat(sample.get(name)).as(name).isBetween(value, after.get(name)));
    }

    private static Map<String, Long> sysfsEvents() {
        String ops = attached.ops();
        Map<String, Long> events = new LinkedHashMap<>();
        guest.readText("/sys/kernel/sched_ext/root/events").lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            events.put(words[0], Long.parseLong(words[1]));
        });
        assertThat(events).as(ops).isNotEmpty();
        return events;
    }

    @Test
    @Order(10)
    void theWatchdogsLimitIsReadAndWritten() {
        ScxWatchdog watchdog = new ScxWatchdog(structs);
        assertThat(watchdog.place()).contains("watchdog_timeout");
        assertThat(watchdog.read()).contains(Duration.ofSeconds(5));
        assertThat(watchdog.write(Duration.ofSeconds(12))).isTrue();
        assertThat(watchdog.read()).contains(Duration.ofSeconds(12));
    }

    @Test
    @Order(11)
    void savedMemoryReadsLikeTheGuestItIsFrom() throws IOException {
        Path file = temp.resolve("ram");
        guest.machine().freeze();
        try {
            save(guest.machine().memory(), file);
            KernelStructs saved = new KernelStructs(KernelMemory.open(new SavedMemory(file), symbols), structs.btf());
            assertThat(new Monitor(saved).sample().cpus())
                    .isEqualTo(new Monitor(structs).sample().cpus());
            BpfReader reader = new BpfReader(saved);
            assertThat(new BpfGlobals(reader, new BpfValues(saved, reader))
                            .read("nr_dispatched")
                            .asLong())
                    .isEqualTo(globals.read("nr_dispatched").asLong());
        } finally {
            guest.machine().resume();
        }
    }

    private static void save(GuestMemory ram, Path file) throws IOException {
        byte[] part = new byte[64 << 10];
        byte[] zero = new byte[part.length];
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long at = 0; at < ram.size(); at += part.length) {
                ram.read(at, part, 0, part.length);
                if (!Arrays.equals(part, zero)) {
                    out.write(ByteBuffer.wrap(part), at);
                }
            }
            out.write(ByteBuffer.wrap(new byte[8]), ram.size() - 8);
        }
    }

    @Test
    @Order(12)
    void aWriteIntoAGlobalEndsTheSchedulerWithItsOwnWords() {
        BpfMap map = globals.variable("crash").map();
        globals.write("crash", 1);
        ObservedGuest.await(
                "the scheduler ends", () -> guest.session().schedulerExit().isPresent());
        assertThat(guest.session().schedulerLog()).contains("ktstr: host-triggered crash");
        ObservedGuest.await("its maps are freed", () -> !bpf.exists(map));
        assertThatThrownBy(() -> values.entry(map, 0))
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("freed");
        assertThatThrownBy(() -> globals.read("crash")).isInstanceOf(BpfException.class);
        assertThat(new Monitor(structs).sample().events()).isEmpty();
    }
}
