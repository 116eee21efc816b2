package dev.ktstr.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the scheduler did beside what was done to it: the run cut into phases by the scenario's steps, and its events. Times are
 * nanoseconds from the begin of the first scenario.
 *
 * @param cpus numbers of the CPUs, in the order of {@link Slice#byCpu}
 * @param lengthNs from the first to the last sample
 * @param samples how many
 * @param phases in order of time; they do not overlap
 * @param rows the same time in a few equal parts, for reading
 * @param events in order of time
 * @param droppedEvents how many more there were
 */
public record Timeline(
        List<Integer> cpus,
        long lengthNs,
        int samples,
        List<Phase> phases,
        List<Slice> rows,
        List<Stimulus> events,
        long droppedEvents) {
    private static final int ROWS = 24;
    private static final long MS = 1_000_000;

    /** Row lengths that are easy to read, in ms; longer runs take multiples of the last. */
    private static final long[] ROW_MS = {100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000};

    /** A stretch of a scenario with a name, and its numbers. */
    public record Phase(String name, Slice numbers) {}

    public Timeline {
        cpus = List.copyOf(cpus);
        phases = List.copyOf(phases);
        rows = List.copyOf(rows);
        events = List.copyOf(events);
    }

    /** When a scenario ran. */
    record Window(long fromNs, long toNs) {}

    /** Of a recording, and the scenarios and events of the same run. */
    static Timeline of(
            Recording recording,
            List<int[]> groups,
            List<Window> scenarios,
            List<Stimulus> events,
            long zeroNs,
            long dropped) {
        List<Reading> readings = recording.readings();
        return new Timeline(
                recording.cpus(),
                recording.length().toNanos(),
                readings.size(),
                phases(readings, groups, events, scenarios, zeroNs),
                rows(readings, groups, zeroNs),
                events.stream()
                        .sorted((a, b) -> Long.compare(a.fromNs(), b.fromNs()))
                        .toList(),
                dropped);
    }

    /**
     * A step lasts from its first event to the next step's, the last one to the end of its scenario; what lies outside of steps has
     * phases of its own.
     */
    private static List<Phase> phases(
            List<Reading> readings, List<int[]> groups, List<Stimulus> events, List<Window> scenarios, long zeroNs) {
        if (readings.isEmpty()) {
            return List.of();
        }
        NavigableMap<Long, String> cuts = new TreeMap<>();
        long first = readings.get(0).takenNs() - zeroNs;
        if (scenarios.isEmpty()) {
            cuts.put(first, "run");
        } else if (first < scenarios.get(0).fromNs()) {
            cuts.put(first, "before");
        }
        for (int i = 0; i < scenarios.size(); i++) {
            String prefix = scenarios.size() > 1 ? "scenario " + (i + 1) + ", " : "";
            cuts.put(scenarios.get(i).fromNs(), prefix + "set-up");
            steps(i, events).forEach((step, from) -> cuts.put(from, prefix + "step " + (step + 1)));
            cuts.put(scenarios.get(i).toNs(), i + 1 < scenarios.size() ? "between" : "after");
        }
        long end = readings.get(readings.size() - 1).takenNs() - zeroNs + 1;
        List<Phase> phases = new ArrayList<>();
        cuts.forEach((from, name) -> {
            Long next = cuts.higherKey(from);
            Slice.of(readings, groups, zeroNs, from, next == null ? Math.max(end, from + 1) : next)
                    .ifPresent(numbers -> phases.add(new Phase(name, numbers)));
        });
        return phases;
    }

    /** When the steps of a scenario began. */
    private static Map<Integer, Long> steps(int scenario, List<Stimulus> events) {
        Map<Integer, Long> steps = new TreeMap<>();
        for (Stimulus event : events) {
            if (event.scenario() == scenario && event.event().step() >= 0) {
                steps.merge(event.event().step(), event.fromNs(), Math::min);
            }
        }
        return steps;
    }

    private static List<Slice> rows(List<Reading> readings, List<int[]> groups, long zeroNs) {
        List<Slice> rows = new ArrayList<>();
        if (!readings.isEmpty()) {
            long first = readings.get(0).takenNs() - zeroNs;
            long end = readings.get(readings.size() - 1).takenNs() - zeroNs + 1;
            long width = width(end - first);
            for (long from = Math.floorDiv(first, width) * width; from < end; from += width) {
                Slice.of(readings, groups, zeroNs, Math.max(from, first), from + width)
                        .ifPresent(rows::add);
            }
        }
        return rows;
    }

    private static long width(long lengthNs) {
        for (long ms : ROW_MS) {
            if (lengthNs <= ms * MS * ROWS) {
                return ms * MS;
            }
        }
        long longest = ROW_MS[ROW_MS.length - 1] * MS;
        return longest * ((lengthNs + longest * ROWS - 1) / (longest * ROWS));
    }
}
