package dev.ktstr;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How a payload ended, what it printed, and what is wrong with it. An immutable value.
 *
 * @param name the payload's name, or the handle it was started under
 * @param argv how it was called in the guest
 * @param exitCode its exit code, -1 when a signal ended it
 * @param signal the signal that ended it, 0 when none did
 * @param timedOut whether it was killed because its time was up
 * @param stopped whether it was still running when its scenario or step ended, or an op ended it; no fault of its own
 * @param ran how long it ran, on the guest's clock
 * @param output what it wrote to standard output: all, or of much output the beginning and the end
 * @param errors what it wrote to standard error, likewise
 * @param outputBytes how much it wrote, to both together
 * @param figures the numbers in its JSON by path ({@code jobs.0.read.iops}); empty for one that prints none
 * @param details one line per violation, empty when it passed
 */
public record PayloadResult(
        String name,
        List<String> argv,
        int exitCode,
        int signal,
        boolean timedOut,
        boolean stopped,
        Duration ran,
        String output,
        String errors,
        long outputBytes,
        Map<String, Double> figures,
        List<String> details) {
    /** Copies the collections. */
    public PayloadResult {
        argv = List.copyOf(argv);
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        details = List.copyOf(details);
    }

    /** Whether nothing is wrong with it. */
    public boolean passed() {
        return details.isEmpty();
    }

    /** A figure by its path, empty when the payload did not print it. */
    public OptionalDouble figure(String path) {
        Double value = figures.get(path);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** The same as a test's result. */
    public AssertResult result() {
        return new AssertResult(details, List.of());
    }
}
