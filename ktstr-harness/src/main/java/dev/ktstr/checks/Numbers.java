package dev.ktstr.checks;

import dev.ktstr.CgroupStats;
import java.util.Locale;

/** Numbers in lines. */
final class Numbers {
    private Numbers() {}

    /** A limit as it was written: without a fraction where it has none. */
    static String limit(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** When the first worker of a cgroup was released. */
    static long begin(CgroupStats cgroup) {
        return cgroup.workers().stream().mapToLong(w -> w.releasedNs()).min().orElse(0);
    }

    /** When the last worker of a cgroup ended. */
    static long end(CgroupStats cgroup) {
        return cgroup.workers().stream()
                .mapToLong(w -> w.releasedNs() + w.wallTimeNs())
                .max()
                .orElse(0);
    }
}
