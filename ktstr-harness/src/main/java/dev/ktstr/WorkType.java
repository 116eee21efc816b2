package dev.ktstr;

import dev.ktstr.rules.Suggestions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What one worker does until it is told to stop: a kind of work with its parameters. An immutable value; made by the
 * factories, and changed by {@link #with}:
 *
 * <pre>{@code
 * WorkType.futexFanOut(8)
 * WorkType.cachePressure().with(WorkParameter.SIZE_KB, 256)
 * }</pre>
 *
 * @param kind the kind
 * @param parameters a value for each parameter that the kind has, and for no other
 * @param phases the phases of a sequence, empty for other kinds
 * @param command of custom work, the program's path on the host and its arguments; empty for other kinds
 */
public record WorkType(WorkKind kind, Map<WorkParameter, Long> parameters, List<Phase> phases, List<String> command) {
    /** @throws IllegalArgumentException when parameters, phases or command do not fit the kind, or are out of range */
    public WorkType {
        String name = kind.label();
        for (WorkParameter parameter : parameters.keySet()) {
            requireKnown(kind, parameter);
        }
        Map<WorkParameter, Long> all = new EnumMap<>(WorkParameter.class);
        all.putAll(kind.defaults());
        all.putAll(parameters);
        all.forEach((parameter, value) -> parameter.checked(name, value));
        if (all.containsKey(WorkParameter.STRIDE)
                && all.get(WorkParameter.STRIDE) > all.get(WorkParameter.SIZE_KB) * 1024) {
            throw new IllegalArgumentException(name + " stride of " + all.get(WorkParameter.STRIDE)
                    + " bytes is longer than its buffer of " + all.get(WorkParameter.SIZE_KB) + " KiB");
        }
        if ((kind == WorkKind.SEQUENCE) == phases.isEmpty()) {
            throw new IllegalArgumentException(
                    phases.isEmpty()
                            ? "work type Sequence has no default phases. Hint: use WorkType.sequence(Phase.spin(...), ...)"
                            : "work type " + name + " has no phases; only Sequence has");
        }
        if ((kind == WorkKind.CUSTOM) == command.isEmpty()) {
            throw new IllegalArgumentException(
                    command.isEmpty()
                            ? "work type Custom has no default program. Hint: use WorkType.custom(Path.of(...))"
                            : "work type " + name + " runs no program; only Custom does");
        }
        parameters = Collections.unmodifiableMap(all);
        phases = List.copyOf(phases);
        command = List.copyOf(command);
    }

    private static WorkType of(WorkKind kind) {
        return new WorkType(kind, Map.of(), List.of(), List.of());
    }

    /** Spins without a pause; one work unit is 1024 iterations. */
    public static WorkType spinWait() {
        return of(WorkKind.SPIN_WAIT);
    }

    /** Calls {@code sched_yield} every iteration. */
    public static WorkType yieldHeavy() {
        return of(WorkKind.YIELD_HEAVY);
    }

    /** Spins 1024 times, then yields. */
    public static WorkType mixed() {
        return of(WorkKind.MIXED);
    }

    /** Writes 64 KiB, then sleeps 100 µs: blocking I/O. */
    public static WorkType ioSyncWrite() {
        return of(WorkKind.IO_SYNC_WRITE);
    }

    /** Bursts for 50 ms, sleeps for 100 ms, and again. */
    public static WorkType bursty() {
        return of(WorkKind.BURSTY);
    }

    /**
     * Bursts, sleeps, and again.
     *
     * @throws IllegalArgumentException when a duration is not positive
     */
    public static WorkType bursty(Duration burst, Duration sleep) {
        return bursty().with(WorkParameter.BURST, nanos(burst)).with(WorkParameter.SLEEP, nanos(sleep));
    }

    /** Pairs: a burst, then one byte through a pipe to the partner and back. */
    public static WorkType pipeIo() {
        return of(WorkKind.PIPE_IO);
    }

    /** Pairs: spin, wake the partner by futex, wait for it. */
    public static WorkType futexPingPong() {
        return of(WorkKind.FUTEX_PING_PONG);
    }

    /** Groups of five: one messenger wakes four receivers; receivers measure wake-to-run. */
    public static WorkType futexFanOut() {
        return of(WorkKind.FUTEX_FAN_OUT);
    }

    /** Groups of {@code fanOut} + 1: one messenger wakes that many receivers. */
    public static WorkType futexFanOut(int fanOut) {
        return futexFanOut().with(WorkParameter.FAN_OUT, fanOut);
    }

    /** Groups of five: a fan-out, then think time, then matrix multiplications. */
    public static WorkType fanOutCompute() {
        return of(WorkKind.FAN_OUT_COMPUTE);
    }

    /** Groups of {@code fanOut} + 1: a fan-out, then think time, then matrix multiplications. */
    public static WorkType fanOutCompute(int fanOut) {
        return fanOutCompute().with(WorkParameter.FAN_OUT, fanOut);
    }

    /** Strided read-modify-write over 32 KiB. */
    public static WorkType cachePressure() {
        return of(WorkKind.CACHE_PRESSURE);
    }

    /** Strided read-modify-write over a buffer. */
    public static WorkType cachePressure(int sizeKb, int stride) {
        return new WorkType(
                WorkKind.CACHE_PRESSURE,
                Map.of(WorkParameter.SIZE_KB, (long) sizeKb, WorkParameter.STRIDE, (long) stride),
                List.of(),
                List.of());
    }

    /** As {@link #cachePressure()}, then yields. */
    public static WorkType cacheYield() {
        return of(WorkKind.CACHE_YIELD);
    }

    /** Pairs: as {@link #cachePressure()}, then one byte through a pipe to the partner and back. */
    public static WorkType cachePipe() {
        return of(WorkKind.CACHE_PIPE);
    }

    /** Loops through the phases in order. */
    public static WorkType sequence(Phase first, Phase... rest) {
        List<Phase> phases = new ArrayList<>();
        phases.add(first);
        phases.addAll(List.of(rest));
        return new WorkType(WorkKind.SEQUENCE, Map.of(), phases, List.of());
    }

    /** Forks a child that exits at once, and waits for it. */
    public static WorkType forkExit() {
        return of(WorkKind.FORK_EXIT);
    }

    /** Spins 512 times, takes the next nice level from -20 to 19, yields. */
    public static WorkType niceSweep() {
        return of(WorkKind.NICE_SWEEP);
    }

    /** Spins, moves itself to a random CPU of its cpuset, yields. */
    public static WorkType affinityChurn() {
        return of(WorkKind.AFFINITY_CHURN);
    }

    /** Spins, takes the next scheduling policy, yields. */
    public static WorkType policyChurn() {
        return of(WorkKind.POLICY_CHURN);
    }

    /** Touches random pages of a mapping, then drops them. */
    public static WorkType pageFaultChurn() {
        return of(WorkKind.PAGE_FAULT_CHURN);
    }

    /** Groups of four that contend for a mutex. */
    public static WorkType mutexContention() {
        return of(WorkKind.MUTEX_CONTENTION);
    }

    /** Groups of {@code contenders} that contend for a mutex. */
    public static WorkType mutexContention(int contenders) {
        return mutexContention().with(WorkParameter.CONTENDERS, contenders);
    }

    /** Pairs: each signals the other's thread every iteration. */
    public static WorkType signalStorm() {
        return of(WorkKind.SIGNAL_STORM);
    }

    /**
     * Runs a program of the host's as the worker. It and its shared libraries are packed; {@code ktstr_worker.h} gives it
     * the stop flag, the counters and the report.
     */
    public static WorkType custom(Path executable, String... args) {
        List<String> command = new ArrayList<>();
        command.add(executable.toString());
        command.addAll(List.of(args));
        return new WorkType(WorkKind.CUSTOM, Map.of(), List.of(), command);
    }

    /**
     * Returns the type of that name with its default parameters.
     *
     * @throws IllegalArgumentException when there is none, or it has no defaults; the message says what there is
     */
    public static WorkType byName(String name) {
        return of(WorkKind.byLabel(name)
                .orElseThrow(() -> new IllegalArgumentException("there is no work type '" + name + "'."
                        + Suggestions.nearest(name, names())
                                .map(near -> " Did you mean '" + near + "'?")
                                .orElse("")
                        + " The names are " + String.join(", ", names()) + ".")));
    }

    /**
     * Reads a type as {@link #toString} writes it: {@code FutexFanOut}, {@code FutexFanOut(fanOut=8)}, {@code
     * Bursty(burst=5ms,sleep=5ms)}.
     *
     * @throws IllegalArgumentException when it cannot be read; the message says why
     */
    public static WorkType parse(String text) {
        String trimmed = text.trim();
        int open = trimmed.indexOf('(');
        if (open < 0) {
            return byName(trimmed);
        }
        WorkType type = byName(trimmed.substring(0, open).trim());
        if (!trimmed.endsWith(")")) {
            throw new IllegalArgumentException("work type '" + text + "' ends without ')'");
        }
        for (String part : trimmed.substring(open + 1, trimmed.length() - 1).split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "work type '" + text + "': '" + part.trim() + "' is not of the form parameter=value");
            }
            String label = part.substring(0, equals).trim();
            WorkKind kind = type.kind;
            WorkParameter parameter = WorkParameter.byLabel(label)
                    .filter(kind.defaults()::containsKey)
                    .orElseThrow(() -> unknown(kind, label));
            type = type.with(
                    parameter,
                    parameter.parse(type.name(), part.substring(equals + 1).trim()));
        }
        return type;
    }

    /** The names of all work types. */
    public static List<String> names() {
        return WorkKind.labels();
    }

    /** The name in output and in {@link #byName}. */
    public String name() {
        return kind.label();
    }

    /**
     * The same work with one parameter changed; times are in nanoseconds.
     *
     * @throws IllegalArgumentException when the kind has no such parameter, or the value is out of range
     */
    public WorkType with(WorkParameter parameter, long value) {
        requireKnown(kind, parameter);
        Map<WorkParameter, Long> changed = new EnumMap<>(WorkParameter.class);
        changed.putAll(parameters);
        changed.put(parameter, value);
        return new WorkType(kind, changed, phases, command);
    }

    /** The value of a parameter, 0 when the kind has none such. */
    public long parameter(WorkParameter parameter) {
        return parameters.getOrDefault(parameter, 0L);
    }

    /** How many workers belong together: the count of a group must be a multiple. 1 for work that each does alone. */
    public int groupSize() {
        return kind.groupSize(parameters);
    }

    /**
     * Checks a count of workers.
     *
     * @throws IllegalArgumentException when it is not positive, or groups do not come out even
     */
    void requireDivides(int workers) {
        if (workers % groupSize() != 0) {
            throw new IllegalArgumentException(
                    name() + " requires workers divisible by " + groupSize() + ", got " + workers);
        }
    }

    private static void requireKnown(WorkKind kind, WorkParameter parameter) {
        if (!kind.defaults().containsKey(parameter)) {
            throw unknown(kind, parameter.label());
        }
    }

    private static IllegalArgumentException unknown(WorkKind kind, String label) {
        List<String> known = WorkParameter.labels(kind.defaults().keySet());
        return new IllegalArgumentException("work type " + kind.label() + " has no parameter '" + label + "'."
                + Suggestions.nearest(label, known)
                        .map(near -> " Did you mean '" + near + "'?")
                        .orElse("")
                + (known.isEmpty() ? " It has none." : " It has " + String.join(", ", known) + "."));
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a time of " + duration + " is longer than 292 years", e);
        }
    }

    /** The form that {@link #parse} reads; phases and commands are shown, and not read. */
    @Override
    public String toString() {
        StringJoiner parts = new StringJoiner(",", "(", ")").setEmptyValue("");
        parameters.forEach((parameter, value) -> parts.add(parameter.label() + "=" + parameter.format(value)));
        phases.forEach(p -> parts.add(p.toString()));
        command.forEach(parts::add);
        return name() + parts;
    }
}
