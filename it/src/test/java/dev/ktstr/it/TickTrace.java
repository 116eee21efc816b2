package dev.ktstr.it;

import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.wire.Layout;
import dev.ktstr.run.BootedGuest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a guest's own kernel says of its runqueues at each timer tick, under the runqueue's lock: a probe on the tick of sched_ext's
 * class, whose fields the kernel fetches by its own reading of its BTF (Documentation/trace/kprobetrace.rst, "BTF arguments"), into the
 * trace. {@code sched_tick} in kernel/sched/core.c brings {@code rq->clock} up to date and calls the class in one hold of the lock, so
 * what is said belongs to the moment at which the clock had that value.
 */
final class TickTrace implements AutoCloseable {
    private static final String DIR = "/sys/kernel/tracing/";
    private static final String EVENT = DIR + "events/ktstr/tick/enable";

    /** A name here, and what the kernel is to fetch for it. */
    private static final Map<String, String> FIELDS = Map.of(
            "cpu", "rq->cpu:u32",
            "clock", "rq->clock:u64",
            "running", "rq->nr_running:u32",
            "switches", "rq->nr_switches:u64",
            "ext", "rq->scx.nr_running:u32",
            "depth", "rq->scx.local_dsq.nr:u32",
            "flags", "rq->scx.flags:u32");

    private static final Pattern FIELD = Pattern.compile(" (\\w+)=(\\d+)");

    /** One CPU at one tick, by the names of the kernel's fields. */
    record Tick(
            int cpu, long clockNs, int nrRunning, long nrSwitches, int scxNrRunning, int localDsqDepth, int scxFlags) {
        /** The same, but for some flags. */
        Tick without(int flags) {
            return new Tick(cpu, clockNs, nrRunning, nrSwitches, scxNrRunning, localDsqDepth, scxFlags & ~flags);
        }
    }

    private final BootedGuest guest;

    private TickTrace(BootedGuest guest) {
        this.guest = guest;
    }

    /** Starts it; whatever was in the trace is gone. */
    static TickTrace start(BootedGuest guest) {
        TickTrace trace = new TickTrace(guest);
        String probe = FIELDS.entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining(" ", "p:ktstr/tick task_tick_scx ", "\n"));
        try {
            guest.writeText(DIR + "kprobe_events", probe);
        } catch (GuestException e) {
            throw new IllegalStateException(e.getMessage() + ": " + guest.readText(DIR + "error_log"), e);
        }
        guest.writeText(DIR + "trace", "");
        guest.writeText(EVENT, "1");
        return trace;
    }

    /** Ends the probe's work; the ticks it saw, in order of each CPU. */
    List<Tick> stop() {
        guest.writeText(EVENT, "0");
        String text = new String(guest.session().readFile(DIR + "trace", Layout.MAX_PAYLOAD), StandardCharsets.UTF_8);
        List<Tick> ticks = new ArrayList<>();
        text.lines().filter(line -> line.contains(": tick: ")).forEach(line -> {
            Matcher field = FIELD.matcher(line);
            Map<String, Long> values =
                    field.results().collect(Collectors.toMap(f -> f.group(1), f -> Long.parseLong(f.group(2))));
            if (!values.keySet().equals(FIELDS.keySet())) {
                throw new IllegalStateException("no tick: " + line);
            }
            ticks.add(new Tick(
                    values.get("cpu").intValue(),
                    values.get("clock"),
                    values.get("running").intValue(),
                    values.get("switches"),
                    values.get("ext").intValue(),
                    values.get("depth").intValue(),
                    values.get("flags").intValue()));
        });
        return ticks;
    }

    /** Takes the probe away: who opens the file to write it anew takes all probes away (kernel/trace/trace_kprobe.c probes_open). */
    @Override
    public void close() {
        guest.writeText(EVENT, "0");
        guest.writeText(DIR + "kprobe_events", "");
    }
}
