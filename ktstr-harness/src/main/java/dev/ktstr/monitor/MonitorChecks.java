package dev.ktstr.monitor;

import dev.ktstr.Threshold;
import dev.ktstr.checks.MergedChecks;
import dev.ktstr.monitor.Streaks.Mark;
import dev.ktstr.monitor.Streaks.Streak;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Judges a recording by the thresholds in force: at most one line for each check, about the longest time that it did not hold.
 * One bad sample is none: a check fails when it does not hold for {@code sustainedSamples} in a row.
 */
final class MonitorChecks {
    /** A vCPU whose thread waited for the host for so much of the time between two samples tells nothing about that time. */
    private static final double PREEMPTED = 0.5;

    /** A CPU that ran tasks for less of the time idled. */
    private static final double IDLE = 0.1;

    /** From here on the host may be what made a queue long or a counter fast. */
    private static final double STEAL = 0.25;

    /** How long TCG lets one vCPU run before the next of its thread has its turn (QEMU, {@code TCG_KICK_PERIOD}). */
    private static final double TURN_NS = 100e6;

    private static final int NAMED_CPUS = 8;

    private final Recording recording;
    private final List<Reading> readings;
    private final List<int[]> groups;
    private final long zeroNs;
    private final MergedChecks checks;
    private final int asked;
    private final int sustained;

    /**
     * A judge.
     *
     * @param groups places of the CPUs that may be compared with each other
     * @param zeroNs what times in the lines count from, by {@link System#nanoTime}
     */
    MonitorChecks(Recording recording, List<int[]> groups, long zeroNs, MergedChecks checks) {
        this.recording = recording;
        this.readings = recording.readings();
        this.groups = groups;
        this.zeroNs = zeroNs;
        this.checks = checks;
        this.asked = (int) Math.max(1, checks.limit(Threshold.SUSTAINED_SAMPLES).orElse(1));
        this.sustained = Math.max(asked, turnSamples(recording));
    }

    /**
     * Samples in a row that count. Where vCPUs take turns on one thread, each rightly stands still while the others have theirs, so
     * it takes more than one round to see anything.
     */
    int sustained() {
        return sustained;
    }

    private static int turnSamples(Recording recording) {
        if (recording.turns() <= 1) {
            return 0;
        }
        return (int) Math.ceil(
                1.5 * recording.turns() * TURN_NS / recording.interval().toNanos());
    }

    /** What does not hold. */
    List<Violation> judge() {
        List<Violation> found = new ArrayList<>();
        if (checks.on(Threshold.FAIL_ON_STALL)) {
            stall().ifPresent(found::add);
        }
        checks.limit(Threshold.MAX_IMBALANCE_RATIO).stream()
                .mapToObj(this::imbalance)
                .flatMap(Optional::stream)
                .forEach(found::add);
        checks.limit(Threshold.MAX_LOCAL_DSQ_DEPTH).stream()
                .mapToObj(this::localDsq)
                .flatMap(Optional::stream)
                .forEach(found::add);
        rate("fallback", checks.limit(Threshold.MAX_FALLBACK_RATE), Reading::fallback, 0)
                .ifPresent(found::add);
        // A CPU with one task rightly keeps it, however often that one yields.
        rate("keep-last", checks.limit(Threshold.MAX_KEEP_LAST_RATE), Reading::keepLast, 2)
                .ifPresent(found::add);
        return found;
    }

    private interface Counter {
        long of(Reading reading, int cpu);
    }

    private Map<Integer, Streak> perCpu(int from, Marks marks) {
        Map<Integer, Streak> streaks = new TreeMap<>();
        for (int cpu = 0; cpu < recording.cpus().size(); cpu++) {
            int at = cpu;
            IntFunction<Mark> ofCpu = i -> marks.of(i, at);
            Streaks.longest(from, readings.size(), sustained, ofCpu).ifPresent(s -> streaks.put(at, s));
        }
        return streaks;
    }

    private interface Marks {
        Mark of(int index, int cpu);
    }

    private Optional<Violation> stall() {
        Map<Integer, Streak> stalled = perCpu(1, this::stands);
        return worst(stalled).map(cpu -> {
            Streak streak = stalled.get(cpu);
            Reading first = readings.get(streak.from() - 1);
            Reading last = readings.get(streak.to());
            String line = String.format(
                    Locale.ROOT,
                    "cpu%d stalled: %s for %dms with %s at %s (%s)%s",
                    number(cpu),
                    first.clockNs(cpu) == last.clockNs(cpu) ? "rq clock stood still" : "it ran next to nothing",
                    (last.takenNs() - first.takenNs()) / 1_000_000,
                    tasks(last.nrRunning(cpu)),
                    at(streak.from() - 1),
                    samples(streak),
                    others(stalled, cpu));
            // What the host took from a vCPU was left out before, so what is left is the guest's own.
            return new Violation(line, Optional.empty());
        });
    }

    private static String tasks(int count) {
        return count == 1 ? "1 runnable task" : count + " runnable tasks";
    }

    /** Whether a CPU did nothing since the sample before, though it had tasks to run at both ends. */
    private Mark stands(int index, int cpu) {
        Reading before = readings.get(index - 1);
        Reading now = readings.get(index);
        boolean tasks = before.nrRunning(cpu) > 0 && now.nrRunning(cpu) > 0;
        boolean still = before.clockNs(cpu) == now.clockNs(cpu) || ranNextToNothing(before, now, cpu);
        if (!tasks || !still) {
            return Mark.WELL;
        }
        double waited = now.host().waitedSince(before.host(), number(cpu));
        return waited >= PREEMPTED * (now.takenNs() - before.takenNs()) ? Mark.UNTOLD : Mark.WRONG;
    }

    /**
     * Whether it idled. Kernel threads that wake up now and then move the clock of a CPU whose other tasks the scheduler has
     * forgotten; the time that tasks ran tells these two apart. It counts up when a task leaves, so it is whole where idle tasks run.
     */
    private static boolean ranNextToNothing(Reading before, Reading now, int cpu) {
        boolean known = before.cpuTimeNs(cpu) >= 0 && now.cpuTimeNs(cpu) >= before.cpuTimeNs(cpu);
        return known
                && before.idle(cpu)
                && now.idle(cpu)
                && now.cpuTimeNs(cpu) - before.cpuTimeNs(cpu) < IDLE * (now.takenNs() - before.takenNs());
    }

    private Optional<Violation> imbalance(double limit) {
        return Streaks.longest(
                        0, readings.size(), sustained, i -> mark(Recording.imbalance(readings.get(i), groups) > limit))
                .map(streak -> {
                    int worst = streak.from();
                    for (int i = streak.from(); i <= streak.to(); i++) {
                        worst = ratio(i) > ratio(worst) ? i : worst;
                    }
                    return new Violation(
                            String.format(
                                    Locale.ROOT,
                                    "imbalance ratio %.1f: nr_running %s at %s (threshold %s; %s)",
                                    ratio(worst),
                                    extremes(readings.get(worst)),
                                    at(streak.from()),
                                    plain(limit),
                                    samples(streak)),
                            doubt(streak));
                });
    }

    private double ratio(int index) {
        return Recording.imbalance(readings.get(index), groups);
    }

    private static Mark mark(boolean wrong) {
        return wrong ? Mark.WRONG : Mark.WELL;
    }

    /** The CPUs between which the imbalance is greatest. */
    private String extremes(Reading reading) {
        int[] worst = groups.stream()
                .max(Comparator.comparingDouble(group -> Recording.imbalance(reading, List.of(group))))
                .orElseThrow();
        int most = -1;
        int least = -1;
        for (int cpu : worst) {
            if (reading.has(cpu)) {
                most = most < 0 || reading.nrRunning(cpu) > reading.nrRunning(most) ? cpu : most;
                least = least < 0 || reading.nrRunning(cpu) < reading.nrRunning(least) ? cpu : least;
            }
        }
        return reading.nrRunning(most) + " on cpu" + number(most) + " and " + reading.nrRunning(least) + " on cpu"
                + number(least);
    }

    private Optional<Violation> localDsq(double limit) {
        Map<Integer, Streak> deep = perCpu(0, (i, cpu) -> mark(readings.get(i).localDsq(cpu) > limit));
        return worst(deep).map(cpu -> {
            Streak streak = deep.get(cpu);
            int depth = 0;
            for (int i = streak.from(); i <= streak.to(); i++) {
                depth = Math.max(depth, readings.get(i).localDsq(cpu));
            }
            return new Violation(
                    String.format(
                            Locale.ROOT,
                            "cpu%d's local DSQ is %d deep at %s (threshold %s; %s)%s",
                            number(cpu),
                            depth,
                            at(streak.from()),
                            plain(limit),
                            samples(streak),
                            others(deep, cpu)),
                    doubt(streak));
        });
    }

    /** @param tasks with so many runnable tasks at both ends, or more, a CPU's counter counts */
    private Optional<Violation> rate(String name, OptionalDouble limit, Counter counter, int tasks) {
        if (limit.isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, Streak> fast = perCpu(1, (i, cpu) -> {
            boolean counts =
                    Math.min(readings.get(i - 1).nrRunning(cpu), readings.get(i).nrRunning(cpu)) >= tasks;
            return mark(counts && perSecond(counter, i - 1, i, cpu).orElse(0) > limit.getAsDouble());
        });
        return worst(fast).map(cpu -> {
            Streak streak = fast.get(cpu);
            return new Violation(
                    String.format(
                            Locale.ROOT,
                            "%s rate %.1f/s on cpu%d at %s (threshold %s/s; %s)%s",
                            name,
                            perSecond(counter, streak.from() - 1, streak.to(), cpu)
                                    .orElseThrow(),
                            number(cpu),
                            at(streak.from() - 1),
                            plain(limit.getAsDouble()),
                            samples(streak),
                            others(fast, cpu)),
                    doubt(streak));
        });
    }

    /** How fast a counter grew between two readings; empty when it was not there, or began anew. */
    private OptionalDouble perSecond(Counter counter, int from, int to, int cpu) {
        long before = counter.of(readings.get(from), cpu);
        long now = counter.of(readings.get(to), cpu);
        long ns = readings.get(to).takenNs() - readings.get(from).takenNs();
        return before < 0 || now < before || ns <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((now - before) * 1e9 / ns);
    }

    private static Optional<Integer> worst(Map<Integer, Streak> streaks) {
        return streaks.entrySet().stream()
                .max(Comparator.<Map.Entry<Integer, Streak>>comparingInt(
                                e -> e.getValue().wrong())
                        .thenComparing(Map.Entry::getKey, Comparator.reverseOrder()))
                .map(Map.Entry::getKey);
    }

    private String others(Map<Integer, Streak> streaks, int told) {
        List<Integer> rest =
                streaks.keySet().stream().filter(cpu -> cpu != told).toList();
        if (rest.isEmpty()) {
            return "";
        }
        String named =
                rest.stream().limit(NAMED_CPUS).map(cpu -> "cpu" + number(cpu)).collect(Collectors.joining(", "));
        return "; likewise " + named + (rest.size() > NAMED_CPUS ? " and " + (rest.size() - NAMED_CPUS) + " more" : "");
    }

    private int number(int place) {
        return recording.cpus().get(place);
    }

    private String at(int index) {
        long ms = Math.round((readings.get(index).takenNs() - zeroNs) / 1e6);
        return (ms < 0 ? "" : "+") + ms + "ms";
    }

    private String samples(Streak streak) {
        return streak.wrong() + " samples in a row, " + sustained + " needed"
                + (sustained == asked ? "" : ", as " + recording.turns() + " vCPUs take turns on a thread");
    }

    private Optional<String> doubt(Streak streak) {
        HostTimes before = readings.get(Math.max(0, streak.from() - 1)).host();
        HostTimes after = readings.get(streak.to()).host();
        double waiting = after.waitingShareSince(before);
        if (waiting > STEAL) {
            return Optional.of(String.format(
                    Locale.ROOT, "the host kept the vCPUs waiting for %.0f%% of that time", waiting * 100));
        }
        return after.stealShareSince(before)
                .filter(steal -> steal > STEAL)
                .map(steal -> String.format(
                        Locale.ROOT, "%.0f%% of the host's own time was stolen from it meanwhile", steal * 100));
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
