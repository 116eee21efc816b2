package dev.ktstr;

import static dev.ktstr.WorkParameter.BURST;
import static dev.ktstr.WorkParameter.BURST_ITERS;
import static dev.ktstr.WorkParameter.CACHE_KB;
import static dev.ktstr.WorkParameter.CONTENDERS;
import static dev.ktstr.WorkParameter.FAN_OUT;
import static dev.ktstr.WorkParameter.HOLD_ITERS;
import static dev.ktstr.WorkParameter.OPERATIONS;
import static dev.ktstr.WorkParameter.REGION_KB;
import static dev.ktstr.WorkParameter.SIZE_KB;
import static dev.ktstr.WorkParameter.SLEEP;
import static dev.ktstr.WorkParameter.SPIN_ITERS;
import static dev.ktstr.WorkParameter.STRIDE;
import static dev.ktstr.WorkParameter.TOUCHES;
import static dev.ktstr.WorkParameter.WORK_ITERS;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kinds of work, with the parameters each has and their defaults. {@link WorkType} is a kind with values. */
public enum WorkKind {
    /** Spins without a pause. */
    SPIN_WAIT("SpinWait"),
    /** Calls {@code sched_yield} every iteration. */
    YIELD_HEAVY("YieldHeavy"),
    /** Spins 1024 times, then yields. */
    MIXED("Mixed"),
    /** Writes 64 KiB, then sleeps 100 µs. */
    IO_SYNC_WRITE("IoSyncWrite"),
    /** A CPU burst, then a sleep. */
    BURSTY("Bursty", with(BURST, 50_000_000), with(SLEEP, 100_000_000)),
    /** A burst, then a byte to the partner and back. */
    PIPE_IO("PipeIo", with(BURST_ITERS, 1024)),
    /** Spins, wakes the partner, waits for it. */
    FUTEX_PING_PONG("FutexPingPong", with(SPIN_ITERS, 1024)),
    /** One messenger wakes all receivers at once. */
    FUTEX_FAN_OUT("FutexFanOut", with(FAN_OUT, 4), with(SPIN_ITERS, 1024)),
    /** As a fan-out; each wake is followed by think time and matrix multiplications. */
    FAN_OUT_COMPUTE("FanOutCompute", with(FAN_OUT, 4), with(CACHE_KB, 256), with(OPERATIONS, 5), with(SLEEP, 100_000)),
    /** Strided read-modify-write over a buffer. */
    CACHE_PRESSURE("CachePressure", with(SIZE_KB, 32), with(STRIDE, 64)),
    /** The same, then a yield. */
    CACHE_YIELD("CacheYield", with(SIZE_KB, 32), with(STRIDE, 64)),
    /** The same, then a byte to the partner and back. */
    CACHE_PIPE("CachePipe", with(SIZE_KB, 32), with(BURST_ITERS, 1024)),
    /** Loops through phases. */
    SEQUENCE("Sequence"),
    /** Forks a child that exits at once, and waits for it. */
    FORK_EXIT("ForkExit"),
    /** Spins 512 times, takes the next nice level, yields. */
    NICE_SWEEP("NiceSweep"),
    /** Spins, moves itself to a random CPU of its cpuset, yields. */
    AFFINITY_CHURN("AffinityChurn", with(SPIN_ITERS, 1024)),
    /** Spins, takes the next scheduling policy, yields. */
    POLICY_CHURN("PolicyChurn", with(SPIN_ITERS, 1024)),
    /** Touches random pages of a mapping, then drops them. */
    PAGE_FAULT_CHURN("PageFaultChurn", with(REGION_KB, 4096), with(TOUCHES, 256), with(SPIN_ITERS, 64)),
    /** A futex mutex among several workers. */
    MUTEX_CONTENTION("MutexContention", with(CONTENDERS, 4), with(HOLD_ITERS, 256), with(WORK_ITERS, 1024)),
    /** Signals the partner's thread every iteration. */
    SIGNAL_STORM("SignalStorm"),
    /** A program of the user's. */
    CUSTOM("Custom");

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // Unmodifiable, in the order of the enum.
    private final Map<WorkParameter, Long> defaults;

    @SafeVarargs
    @SuppressWarnings("varargs") // Only read.
    WorkKind(String label, Map.Entry<WorkParameter, Long>... defaults) {
        this.label = label;
        Map<WorkParameter, Long> map = new EnumMap<>(WorkParameter.class);
        Arrays.stream(defaults).forEach(e -> map.put(e.getKey(), e.getValue()));
        this.defaults = Collections.unmodifiableMap(map);
    }

    private static Map.Entry<WorkParameter, Long> with(WorkParameter parameter, long value) {
        return Map.entry(parameter, value);
    }

    /** The name in output and in {@link WorkType#byName}, {@code FutexPingPong}. */
    public String label() {
        return label;
    }

    /** The parameters it has, with their defaults. */
    public Map<WorkParameter, Long> defaults() {
        return defaults;
    }

    /** The kind with that {@link #label}. */
    public static Optional<WorkKind> byLabel(String label) {
        return Arrays.stream(values()).filter(k -> k.label.equals(label)).findFirst();
    }

    /** All labels, in the order of the documentation. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(WorkKind::label).toList();
    }

    /** Workers that belong together under these parameters: a pair, a messenger and its receivers, the contenders; else 1. */
    int groupSize(Map<WorkParameter, Long> parameters) {
        return switch (this) {
            case PIPE_IO, FUTEX_PING_PONG, CACHE_PIPE, SIGNAL_STORM -> 2;
            case FUTEX_FAN_OUT, FAN_OUT_COMPUTE -> Math.toIntExact(parameters.get(FAN_OUT) + 1);
            case MUTEX_CONTENTION -> Math.toIntExact(parameters.get(CONTENDERS));
            default -> 1;
        };
    }
}
