package dev.ktstr.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Samples in the order in which they were taken. Immutable.
 *
 * <pre>{@code
 * void dispatchAdvances(VmResult result) {
 *   NumberSeries dispatched = result.samples().periodicOnly().longs("nr_dispatched");
 *   dispatched.nondecreasing(result.claims());
 *   dispatched.rateWithin(result.claims(), 0.1, 1_000); // per ms
 * }
 * }</pre>
 *
 * @param samples the samples
 */
public record SampleSeries(List<Sample> samples) {
    /** Copies the list. */
    public SampleSeries {
        samples = List.copyOf(samples);
    }

    /** Those that were taken by the clock. */
    public SampleSeries periodicOnly() {
        return new SampleSeries(samples.stream().filter(Sample::periodic).toList());
    }

    /** Those that the guest's writes to a symbol caused, which {@code Op.watchSnapshot} named so; in the order of the writes. */
    public SampleSeries writesTo(String symbol) {
        return new SampleSeries(samples.stream()
                .filter(sample ->
                        sample.write().filter(w -> w.symbol().equals(symbol)).isPresent())
                .toList());
    }

    /** Whether there is no sample. */
    public boolean isEmpty() {
        return samples.isEmpty();
    }

    /** A global variable over time, named in lines by its path; see {@link Snapshot#var}. */
    public NumberSeries longs(String path) {
        return numbers(path, snapshot -> snapshot.var(path).asLong());
    }

    /**
     * A number over time. What {@code projection} throws as a {@link SnapshotException} makes every pattern over the series fail, with
     * its message.
     *
     * @param label what lines call it
     */
    public NumberSeries numbers(String label, Function<Snapshot, ? extends Number> projection) {
        List<NumberSeries.Point> points = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Sample sample : samples) {
            try {
                points.add(new NumberSeries.Point(sample, projection.apply(sample.snapshot())));
            } catch (SnapshotException e) {
                missing.add(label + ": no value at sample " + sample.label() + ": " + e.getMessage());
            }
        }
        return new NumberSeries(label, points, missing);
    }

    /** A truth over time; see {@link #numbers}. */
    public TruthSeries truths(String label, Predicate<Snapshot> projection) {
        List<TruthSeries.Point> points = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Sample sample : samples) {
            try {
                points.add(new TruthSeries.Point(sample, projection.test(sample.snapshot())));
            } catch (SnapshotException e) {
                missing.add(label + ": no value at sample " + sample.label() + ": " + e.getMessage());
            }
        }
        return new TruthSeries(label, points, missing);
    }
}
