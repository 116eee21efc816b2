package dev.ktstr.it;

import dev.ktstr.Guest;
import dev.ktstr.guest.wire.Layout;
import dev.ktstr.run.BootedGuest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel's tracepoints {@code sched_switch} and {@code sched_migrate_task} say of tasks of one name: the witness
 * against which workers' own telemetry is held.
 */
final class SchedTrace {
    private static final String DIR = "/sys/kernel/tracing/";
    private static final int BUFFER_KB = 8192;
    private static final Pattern LINE =
            Pattern.compile("\\[(\\d+)\\] \\S+ +(\\d+)\\.(\\d{6}): (sched_switch|sched_migrate_task): (.*)$");
    private static final Pattern SWITCH = Pattern.compile("prev_pid=(\\d+) .* next_pid=(\\d+) ");
    private static final Pattern MIGRATE = Pattern.compile("pid=(\\d+) prio=\\d+ orig_cpu=(\\d+) dest_cpu=(\\d+)");
    private static final Pattern ENTRIES = Pattern.compile("entries-in-buffer/entries-written: (\\d+)/(\\d+)");

    /** Time a task spent on a CPU without a break; {@code CLOCK_MONOTONIC}, to the microsecond. */
    record Stint(int cpu, long fromNs, long untilNs) {}

    /** The scheduler took a task from one CPU for another. */
    record Move(long atNs, int from, int to) {}

    private final Map<Integer, List<Stint>> stints = new HashMap<>();
    private final Map<Integer, List<Move>> moves = new HashMap<>();

    private SchedTrace() {}

    /** Starts tracing tasks of that name. */
    static void start(Guest guest, String comm) {
        guest.writeText(DIR + "tracing_on", "0");
        guest.writeText(DIR + "trace_clock", "mono");
        guest.writeText(DIR + "buffer_size_kb", Integer.toString(BUFFER_KB));
        String task = "comm==\"" + comm + "\"";
        guest.writeText(DIR + "events/sched/sched_switch/filter", "prev_" + task + "||next_" + task);
        guest.writeText(DIR + "events/sched/sched_migrate_task/filter", task);
        guest.writeText(DIR + "events/sched/sched_switch/enable", "1");
        guest.writeText(DIR + "events/sched/sched_migrate_task/enable", "1");
        guest.writeText(DIR + "trace", "");
        guest.writeText(DIR + "tracing_on", "1");
    }

    /** Ends it, and reads what was seen. */
    static SchedTrace stop(Guest guest) {
        guest.writeText(DIR + "tracing_on", "0");
        guest.writeText(DIR + "events/sched/sched_switch/enable", "0");
        guest.writeText(DIR + "events/sched/sched_migrate_task/enable", "0");
        // In one request: the file is made anew for each reader, and Guest.readText stops at 1 MiB.
        byte[] text = ((BootedGuest) guest).session().readFile(DIR + "trace", Layout.MAX_PAYLOAD);
        return parse(new String(text, StandardCharsets.UTF_8));
    }

    static SchedTrace parse(String text) {
        Matcher entries = ENTRIES.matcher(text);
        if (!entries.find() || !entries.group(1).equals(entries.group(2))) {
            throw new IllegalStateException(
                    "the trace is not whole: " + text.lines().limit(5).toList());
        }
        SchedTrace trace = new SchedTrace();
        Map<Integer, Stint> open = new HashMap<>();
        int events = 0;
        for (String line : text.lines().toList()) {
            Matcher event = LINE.matcher(line);
            if (!event.find()) {
                continue;
            }
            events++;
            int cpu = Integer.parseInt(event.group(1));
            long at = (Long.parseLong(event.group(2)) * 1_000_000 + Long.parseLong(event.group(3))) * 1000;
            if (event.group(4).equals("sched_switch")) {
                trace.noteSwitch(event.group(5), cpu, at, open);
            } else {
                trace.noteMove(event.group(5), at);
            }
        }
        if (events != Integer.parseInt(entries.group(1))) {
            throw new IllegalStateException(events + " of " + entries.group(1)
                    + " events were understood; the text was cut" + " or its form is new: "
                    + text.lines().filter(l -> !l.startsWith("#")).limit(3).toList());
        }
        return trace;
    }

    private void noteSwitch(String fields, int cpu, long at, Map<Integer, Stint> open) {
        Matcher match = SWITCH.matcher(fields);
        if (!match.find()) {
            throw new IllegalStateException("no sched_switch: " + fields);
        }
        int previous = Integer.parseInt(match.group(1));
        Stint begun = open.remove(previous);
        if (begun != null) {
            stints.computeIfAbsent(previous, pid -> new ArrayList<>()).add(new Stint(cpu, begun.fromNs(), at));
        }
        open.put(Integer.parseInt(match.group(2)), new Stint(cpu, at, at));
    }

    private void noteMove(String fields, long at) {
        Matcher match = MIGRATE.matcher(fields);
        if (!match.find()) {
            throw new IllegalStateException("no sched_migrate_task: " + fields);
        }
        moves.computeIfAbsent(Integer.parseInt(match.group(1)), pid -> new ArrayList<>())
                .add(new Move(at, Integer.parseInt(match.group(2)), Integer.parseInt(match.group(3))));
    }

    /** Stints of a task within a time, cut to it. */
    List<Stint> stints(int tid, long fromNs, long untilNs) {
        return stints.getOrDefault(tid, List.of()).stream()
                .filter(stint -> stint.untilNs() > fromNs && stint.fromNs() < untilNs)
                .map(stint ->
                        new Stint(stint.cpu(), Math.max(stint.fromNs(), fromNs), Math.min(stint.untilNs(), untilNs)))
                .toList();
    }

    /** Time on CPUs in all. */
    long onCpuNs(int tid, long fromNs, long untilNs) {
        return stints(tid, fromNs, untilNs).stream()
                .mapToLong(stint -> stint.untilNs() - stint.fromNs())
                .sum();
    }

    /** Migrations of a task within a time. */
    List<Move> moves(int tid, long fromNs, long untilNs) {
        return moves.getOrDefault(tid, List.of()).stream()
                .filter(move -> move.atNs() >= fromNs && move.atNs() <= untilNs)
                .toList();
    }
}
