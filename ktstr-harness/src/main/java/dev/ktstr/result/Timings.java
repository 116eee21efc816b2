package dev.ktstr.result;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Wall time of a variant's stages on the host, in the order they ran. Not thread-safe. */
public final class Timings {
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private final long startedAt = System.nanoTime();

    /** Runs a stage and adds its time, also when it throws. */
    public <T> T time(String stage, Supplier<T> work) {
        long from = System.nanoTime();
        try {
            return work.get();
        } finally {
            nanos.merge(stage, System.nanoTime() - from, Long::sum);
        }
    }

    /** Takes a part of one stage's time and adds it to another's; nothing when the part is zero. */
    public void move(String from, String to, Duration part) {
        if (!part.isZero()) {
            nanos.merge(from, -part.toNanos(), Long::sum);
            nanos.merge(to, part.toNanos(), Long::sum);
        }
    }

    /** Milliseconds by stage, {@code total} last: the time since this object was made. */
    public Map<String, Double> millis() {
        Map<String, Double> millis = new LinkedHashMap<>();
        nanos.forEach((stage, ns) -> millis.put(stage, Math.round(ns / 1e4) / 100.0));
        millis.put("total", Math.round((System.nanoTime() - startedAt) / 1e4) / 100.0);
        return millis;
    }

    /** Seconds since this object was made. */
    public double seconds() {
        return (System.nanoTime() - startedAt) / 1e9;
    }
}
