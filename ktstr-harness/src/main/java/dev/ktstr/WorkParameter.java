package dev.ktstr;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A setting of a {@link WorkType}. Times are held in nanoseconds, everything else as a plain count. */
public enum WorkParameter {
    /** Length of a CPU burst. */
    BURST("burst", true, 1, Long.MAX_VALUE),
    /** Length of the sleep after it. */
    SLEEP("sleep", true, 1, Long.MAX_VALUE),
    /** Turns of the spin loop before each exchange or call. */
    SPIN_ITERS("spinIters", false, 0, 1L << 40),
    /** Turns of the burst before each exchange. */
    BURST_ITERS("burstIters", false, 0, 1L << 40),
    /** Receivers that one messenger wakes. */
    FAN_OUT("fanOut", false, 1, 4095),
    /** Size of the buffer that is walked, in KiB. */
    SIZE_KB("sizeKb", false, 1, 1 << 20),
    /** Size of the matrices of one operation, in KiB. */
    CACHE_KB("cacheKb", false, 1, 1 << 20),
    /** Bytes from one access to the next. */
    STRIDE("stride", false, 1, 1 << 30),
    /** Matrix multiplications per wake. */
    OPERATIONS("operations", false, 1, 1 << 30),
    /** Size of the mapping whose pages are touched, in KiB. */
    REGION_KB("regionKb", false, 4, 1 << 24),
    /** Pages that are touched before they are dropped. */
    TOUCHES("touches", false, 1, 1 << 24),
    /** Workers that share one mutex. */
    CONTENDERS("contenders", false, 2, 4096),
    /** Turns of the spin loop with the mutex held. */
    HOLD_ITERS("holdIters", false, 0, 1L << 40),
    /** Turns of the spin loop between two holds. */
    WORK_ITERS("workIters", false, 0, 1L << 40);

    private static final Pattern TIME = Pattern.compile("(\\d{1,15})(ns|us|ms|s)");

    private final String label;
    private final boolean time;
    private final long min;
    private final long max;

    WorkParameter(String label, boolean time, long min, long max) {
        this.label = label;
        this.time = time;
        this.min = min;
        this.max = max;
    }

    /** The name in text, {@code fanOut}. */
    public String label() {
        return label;
    }

    /** The parameter with that {@link #label}. */
    public static Optional<WorkParameter> byLabel(String label) {
        return Arrays.stream(values()).filter(p -> p.label.equals(label)).findFirst();
    }

    /** The names of these, for a message. */
    static List<String> labels(java.util.Collection<WorkParameter> parameters) {
        return parameters.stream().map(WorkParameter::label).toList();
    }

    long checked(String type, long value) {
        if (time) {
            Limits.positive(type + " " + label, Duration.ofNanos(value));
        }
        return Limits.within(type + " " + label, value, min, max);
    }

    /** The value as text: {@code 50ms}, {@code 4}. */
    String format(long value) {
        if (!time) {
            return Long.toString(value);
        }
        String[] units = {"ns", "us", "ms", "s"};
        int unit = 0;
        long rest = value;
        while (unit < 3 && rest % 1000 == 0) {
            rest /= 1000;
            unit++;
        }
        return rest + units[unit];
    }

    /** Reads what {@link #format} writes. */
    long parse(String type, String text) {
        if (!time) {
            try {
                return checked(type, Long.parseLong(text));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        type + " " + label + " must be a whole number, got '" + text + "'", e);
            }
        }
        Matcher m = TIME.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    type + " " + label + " must be a time such as 50ms (ns, us, ms, s), got '" + text + "'");
        }
        long factor = switch (m.group(2)) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            default -> 1_000_000_000;
        };
        try {
            return checked(type, Math.multiplyExact(Long.parseLong(m.group(1)), factor));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(type + " " + label + " of " + text + " is longer than 292 years", e);
        }
    }
}
