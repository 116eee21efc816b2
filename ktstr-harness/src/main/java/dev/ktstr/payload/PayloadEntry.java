package dev.ktstr.payload;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A payload as it was declared.
 *
 * @param name name in reports
 * @param type the annotated class
 * @param binary file name or path of its program on the host
 * @param defaultArgs arguments where none are given
 * @param json whether its figures are read from the JSON on its standard output
 * @param metrics what is known about its figures
 * @param checks limits on its figures and its exit code
 * @param includeFiles host files that it needs in the guest
 */
public record PayloadEntry(
        String name,
        String type,
        String binary,
        List<String> defaultArgs,
        boolean json,
        List<Metric> metrics,
        List<Check> checks,
        List<String> includeFiles) {
    /** The figure that every payload has. */
    public static final String EXIT_CODE = "exit-code";

    /** Copies the lists. */
    public PayloadEntry {
        defaultArgs = List.copyOf(defaultArgs);
        metrics = List.copyOf(metrics);
        checks = List.copyOf(checks);
        includeFiles = List.copyOf(includeFiles);
    }

    /**
     * What is known about a figure.
     *
     * @param name its path in the JSON, joined by dots
     * @param polarity {@code higher-better}, {@code lower-better}, … as the sidecar has it
     * @param unit unit in reports, or empty
     */
    public record Metric(String name, String polarity, String unit) {}

    /**
     * A limit. With neither bound the figure has to be there.
     *
     * @param metric name of the figure, or {@link #EXIT_CODE}
     * @param min smallest value that passes
     * @param max largest value that passes
     */
    public record Check(String metric, OptionalDouble min, OptionalDouble max) {}

    /** The unit of a figure with a space before it, or nothing. */
    String unitOf(String figure) {
        return metrics.stream()
                .filter(m -> m.name().equals(figure) && !m.unit().isEmpty())
                .findFirst()
                .map(m -> " " + m.unit())
                .orElse("");
    }
}
