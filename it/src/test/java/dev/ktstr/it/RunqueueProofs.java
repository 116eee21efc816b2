package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.run.BootedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.Watchpoint;
import dev.ktstr.vm.sched.Monitor;
import dev.ktstr.vm.sched.RunqueueSample;
import dev.ktstr.vm.sched.SchedDomain;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runqueues, scheduling domains and counters of events, against debugfs, sysfs and the kernel's own dump. */
interface RunqueueProofs {
    /** Readings of frozen runqueues that are compared with what the kernel says. */
    int READINGS = 60;

    /** {@code SCX_RQ_CLK_VALID} (kernel/sched/sched.h of 7.x): set behind the write to the clock, where the guest stands still. */
    int CLOCK_VALID = 1 << 5;

    /** Tasks that keep a CPU busy and run nowhere else. */
    Map<Integer, Integer> BUSY = Map.of(1, 3, 2, 1, 3, 2);

    /** The guest that is looked at. */
    ProofGuest proof();

    /** A CPU's part of the file: its {@code .name : value} lines. */
    private Map<Integer, Map<String, String>> schedDebug() {
        Map<Integer, Map<String, String>> cpus = new TreeMap<>();
        AtomicReference<Map<String, String>> current = new AtomicReference<>();
        Pattern head = Pattern.compile("cpu#(\\d+)(?:, [\\d.]+ MHz)?");
        Pattern field = Pattern.compile("  \\.(\\S+) +: (-?[\\d.]+)");
        proof().guest().readText("/sys/kernel/debug/sched/debug").lines().forEach(line -> {
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
    default void runqueuesAreThoseOfSchedDebug() throws IOException {
        String busy = Tools.send(proof().guest(), Tools.compiled("busy"));
        Tools.run(proof().guest(), busy, "1", "3", "/tmp/busy-stop");
        Tools.run(proof().guest(), busy, "2", "1", "/tmp/busy-stop");
        try {
            Monitor monitor = proof().kernel().monitor();
            ObservedGuest.await(
                    "two readings of sched/debug with the busy tasks and nothing else, and one between", () -> {
                        Map<Integer, Map<String, String>> before = schedDebug();
                        List<RunqueueSample> cpus = standing(monitor);
                        Map<Integer, Map<String, String>> after = schedDebug();
                        between(before, cpus, after);
                        return running(before).equals(running(after))
                                && running(before).equals(read(cpus))
                                && read(cpus).get(1) == 3
                                && read(cpus).get(2) == 1;
                    });
            flagsAndCountsOfSchedExt(monitor);
        } finally {
            proof().guest().writeText("/tmp/busy-stop", "");
        }
    }

    /** All runqueues at one moment. */
    private List<RunqueueSample> standing(Monitor monitor) {
        proof().guest().machine().freeze();
        try {
            return monitor.sample().cpus();
        } finally {
            proof().guest().machine().resume();
        }
    }

    /**
     * What only grows has to lie between two readings of the guest's own, whatever runs; what is the same in both has to be it. A task
     * does not come or go without the clock being brought up to date (kernel/sched/core.c enqueue_task).
     */
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
            if (low.get("clock").equals(high.get("clock"))) {
                assertThat(cpu.nrRunning()).isEqualTo(Integer.parseInt(low.get("nr_running")));
            }
        }
    }

    /**
     * Each write to the clock of three CPUs stops the guest, and its runqueue is read then. For every tick that the guest's kernel
     * tells of, there is a reading of the same clock, to the nanosecond, and all else that the kernel says of that tick is in it.
     */
    @Test
    default void runqueuesReadAtAFreezeAreWhatTheKernelSaysOfThatMoment() throws IOException {
        BootedGuest guest = proof().guest();
        String stop = "/tmp/busy-stop-frozen";
        String busy = Tools.send(guest, Tools.compiled("busy"));
        for (Map.Entry<Integer, Integer> cpu : BUSY.entrySet()) {
            Tools.run(guest, busy, Integer.toString(cpu.getKey()), Integer.toString(cpu.getValue()), stop);
        }
        try (TickTrace trace = TickTrace.start(guest)) {
            Monitor monitor = proof().kernel().monitor();
            ObservedGuest.await("the busy tasks and nothing else beside them", () -> {
                List<Integer> running = read(standing(monitor));
                return BUSY.entrySet().stream()
                        .allMatch(cpu -> running.get(cpu.getKey()).equals(cpu.getValue()));
            });
            List<RunqueueSample> readings = readAtWritesOfTheClock();
            List<TickTrace.Tick> ticks = trace.stop();
            BUSY.forEach((cpu, tasks) -> {
                List<TickTrace.Tick> own = readings.stream()
                        .filter(reading -> reading.cpu() == cpu)
                        .map(RunqueueProofs::tick)
                        .toList();
                assertThat(own).as("CPU %d was read", cpu).isNotEmpty();
                List<TickTrace.Tick> told = ticks.stream()
                        .filter(tick -> tick.cpu() == cpu)
                        .map(tick -> tick.without(CLOCK_VALID))
                        .filter(tick -> tick.clockNs() >= own.get(0).clockNs()
                                && tick.clockNs() <= own.get(own.size() - 1).clockNs())
                        .toList();
                assertThat(told).as("ticks of CPU %d", cpu).isNotEmpty();
                assertThat(own).containsAll(told);
                assertThat(told).extracting(TickTrace.Tick::nrRunning).allMatch(n -> n >= tasks);
            });
        } finally {
            guest.writeText(stop, "");
        }
    }

    /** In order of their clocks on each CPU. */
    private List<RunqueueSample> readAtWritesOfTheClock() {
        Monitor monitor = proof().kernel().monitor();
        int clock = proof().kernel().structs().field("rq", "clock").offset();
        Map<Watchpoint, Integer> cpus = BUSY.keySet().stream()
                .collect(Collectors.toMap(cpu -> new Watchpoint(monitor.runqueue(cpu) + clock, 8), cpu -> cpu));
        VirtualMachine machine = proof().guest().machine();
        List<RunqueueSample> readings = new CopyOnWriteArrayList<>();
        machine.watch(List.copyOf(cpus.keySet()), hit -> {
            if (readings.size() < READINGS) {
                readings.add(monitor.sample().cpus().get(cpus.get(hit.watchpoint())));
            }
        });
        try {
            ObservedGuest.await(READINGS + " writes to the clocks", () -> readings.size() >= READINGS);
        } finally {
            machine.watch(List.of(), hit -> {});
        }
        return List.copyOf(readings);
    }

    private static TickTrace.Tick tick(RunqueueSample read) {
        RunqueueSample.Scx scx = read.scx().orElseThrow();
        return new TickTrace.Tick(
                        read.cpu(),
                        read.clockNs(),
                        read.nrRunning(),
                        read.nrSwitches(),
                        scx.nrRunning(),
                        scx.localDsqDepth(),
                        scx.flags())
                .without(CLOCK_VALID);
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
        proof().guest().writeText("/sys/kernel/tracing/" + "events/sched_ext/sched_ext_dump/enable", "1");
        ObservedGuest.await("the kernel's dump says what was read, of two busy CPUs", () -> {
            proof().guest().writeText("/sys/kernel/tracing/" + "trace", "");
            List<RunqueueSample> cpus = monitor.sample().cpus();
            proof().guest().writeText("/proc/sysrq-trigger", "D");
            Map<Integer, List<Integer>> dumped = new TreeMap<>();
            Matcher cpu = line.matcher(proof().guest().readText("/sys/kernel/tracing/" + "trace"));
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
        proof().guest().writeText("/sys/kernel/tracing/" + "events/sched_ext/sched_ext_dump/enable", "0");
    }

    @Test
    default void domainsAreThoseOfDebugfs() {
        // The kernel lists them for whoever asks it to be verbose (kernel/sched/debug.c sched_verbose_write).
        proof().guest().writeText("/sys/kernel/debug/sched/verbose", "Y");
        Monitor monitor = proof().kernel().monitor();
        for (int cpu : monitor.cpus()) {
            List<SchedDomain> domains = SchedDomain.of(proof().kernel().structs(), monitor, cpu);
            String folder = "/sys/kernel/debug/sched/domains/cpu" + cpu + "/domain";
            assertThat(domains).hasSize(2);
            for (int i = 0; i < domains.size(); i++) {
                SchedDomain domain = domains.get(i);
                assertThat(proof().guest().readText(folder + i + "/name"))
                        .isEqualTo(domain.name().orElseThrow());
                assertThat(proof().guest()
                                .readText(folder + i + "/flags")
                                .strip()
                                .split(" +"))
                        .as("%s", domain)
                        .hasSize(Integer.bitCount(domain.flags()));
                int number = i;
                proof().text(folder + i + "/level")
                        .ifPresent(level -> assertThat(domain.level())
                                .as("domain %d", number)
                                .isEqualTo(Integer.parseInt(level)));
            }
            assertThat(proof().text(folder + domains.size() + "/name")).isEmpty();
        }
    }

    @Test
    default void countersOfEventsAreThoseOfSysfs() {
        Monitor monitor = proof().kernel().monitor();
        Optional<String> before = proof().text("/sys/kernel/sched_ext/root/events");
        Map<String, Long> read = monitor.sample().events();
        Optional<String> after = proof().text("/sys/kernel/sched_ext/root/events");
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
                .filter(words -> words[1].matches("\\d+"))
                .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
    }
}
