package dev.ktstr.snapshot;

import dev.ktstr.Claims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A number over time, and the patterns it can be claimed to show. Each pattern tells {@code claims} one line for each place where it
 * does not hold, naming the samples and the values, and returns this series. A series with too few samples for a pattern
 * fails it: what was not seen is not claimed. Immutable.
 */
public final class NumberSeries {
    /** Samples in a row that {@link #convergesTo} asks for. */
    private static final int CONVERGED = 3;

    private final String label;
    private final List<Point> points;
    private final List<String> missing;

    /** A sample and its value. */
    record Point(Sample sample, Number value) {
        private double number() {
            return value.doubleValue();
        }

        private long ms() {
            return sample.at().toMillis();
        }

        private int compareTo(Point other) {
            boolean whole = value instanceof Long && other.value instanceof Long;
            return whole
                    ? Long.compare(value.longValue(), other.value.longValue())
                    : Double.compare(number(), other.number());
        }
    }

    NumberSeries(String label, List<Point> points, List<String> missing) {
        this.label = label;
        this.points = List.copyOf(points);
        this.missing = List.copyOf(missing);
    }

    /** The values, in order. */
    public List<Number> values() {
        return points.stream().map(Point::value).toList();
    }

    /** Every value is at least the one before. */
    public NumberSeries nondecreasing(Claims claims) {
        Pattern pattern = pattern("nondecreasing", 2);
        for (int i = 1; i < points.size(); i++) {
            if (points.get(i).compareTo(points.get(i - 1)) < 0) {
                pattern.broken("regression " + pair(points.get(i - 1), points.get(i)));
            }
        }
        pattern.tell(claims);
        return this;
    }

    /** Every value is greater than the one before. */
    public NumberSeries strictlyIncreasing(Claims claims) {
        Pattern pattern = pattern("strictly_increasing", 2);
        for (int i = 1; i < points.size(); i++) {
            int order = points.get(i).compareTo(points.get(i - 1));
            if (order <= 0) {
                pattern.broken((order == 0 ? "no progress " : "regression ") + pair(points.get(i - 1), points.get(i)));
            }
        }
        pattern.tell(claims);
        return this;
    }

    /** Between any two samples that follow one another it grows by {@code low} to {@code high} per millisecond. */
    public NumberSeries rateWithin(Claims claims, double low, double high) {
        requireRange(low, high);
        Pattern pattern = pattern("rate_within", 2);
        for (int i = 1; i < points.size(); i++) {
            Point before = points.get(i - 1);
            Point now = points.get(i);
            if (now.ms() <= before.ms()) {
                pattern.broken(
                        "no time passed between sample " + before.sample.label() + " and sample " + now.sample.label());
                continue;
            }
            double rate = difference(before, now) / (now.ms() - before.ms());
            if (!(rate >= low && rate <= high)) {
                pattern.broken("rate " + text(rate) + "/ms between sample " + before.sample.label() + " (value "
                        + text(before.value) + ") and sample " + now.sample.label() + " (value " + text(now.value)
                        + ") outside [" + text(low) + ", " + text(high) + "]");
            }
        }
        pattern.tell(claims);
        return this;
    }

    /** From {@code warmup} on every value is within {@code tolerance} (0.1 for 10 %) of the mean of those values. */
    public NumberSeries steadyWithin(Claims claims, Duration warmup, double tolerance) {
        requireTolerance(tolerance);
        List<Point> steady = points.stream()
                .filter(p -> p.sample.at().compareTo(warmup) >= 0)
                .toList();
        Pattern pattern = new Pattern(label, "steady_within", missing, steady.size(), 2);
        double mean = steady.stream().mapToDouble(Point::number).average().orElse(0);
        double room = Math.abs(mean) * tolerance;
        for (Point point : steady) {
            if (!(Math.abs(point.number() - mean) <= room)) {
                pattern.broken("value " + text(point.value) + " at sample " + point.sample.label() + " outside mean "
                        + text(mean) + " ± " + text(tolerance * 100) + "%");
            }
        }
        pattern.tell(claims);
        return this;
    }

    /** Before {@code deadline} three values in a row are within {@code tolerance}, in its own unit, of {@code target}. */
    public NumberSeries convergesTo(Claims claims, double target, double tolerance, Duration deadline) {
        requireTolerance(tolerance);
        Pattern pattern = pattern("converges_to", CONVERGED);
        int row = 0;
        Point last = null;
        for (Point point : points) {
            if (point.sample.at().compareTo(deadline) > 0 || row == CONVERGED) {
                break;
            }
            row = Math.abs(point.number() - target) <= tolerance ? row + 1 : 0;
            last = point;
        }
        if (row < CONVERGED && points.size() >= CONVERGED) {
            pattern.broken("no " + CONVERGED + " samples in a row within " + text(target) + " ± " + text(tolerance)
                    + " before +" + deadline.toMillis() + "ms; "
                    + (last == null
                            ? "the first sample is " + points.get(0).sample.label()
                            : "last value " + text(last.value) + " at sample " + last.sample.label()));
        }
        pattern.tell(claims);
        return this;
    }

    /**
     * At every sample, this over {@code other} is from {@code low} to {@code high}.
     *
     * @throws IllegalArgumentException when the other series is not of the same samples
     */
    public NumberSeries ratioWithin(Claims claims, NumberSeries other, double low, double high) {
        requireRange(low, high);
        List<String> absent = new ArrayList<>(missing);
        absent.addAll(other.missing);
        Pattern pattern = new Pattern(label, "ratio_within", absent, points.size(), 1);
        if (absent.isEmpty()) {
            requireSame(other);
            for (int i = 0; i < points.size(); i++) {
                ratio(points.get(i), other.points.get(i), other.label, low, high, pattern);
            }
        }
        pattern.tell(claims);
        return this;
    }

    private void ratio(Point point, Point under, String underLabel, double low, double high, Pattern pattern) {
        String values =
                text(point.value) + " / " + underLabel + " " + text(under.value) + " at sample " + point.sample.label();
        if (under.number() == 0) {
            pattern.broken("no ratio for " + values);
            return;
        }
        double ratio = point.number() / under.number();
        if (!(ratio >= low && ratio <= high)) {
            pattern.broken(
                    "ratio " + text(ratio) + " (" + values + ") outside [" + text(low) + ", " + text(high) + "]");
        }
    }

    /** Claims on each value by itself: {@code series.each(claims).atLeast(1)}. */
    public EachClaim each(Claims claims) {
        missing.forEach(line -> claims.record(false, line));
        return new EachClaim(points.stream()
                .map(p -> claims.claim(label + " at sample " + p.sample.label(), p.value))
                .toList());
    }

    private Pattern pattern(String name, int needed) {
        return new Pattern(label, name, missing, points.size(), needed);
    }

    private void requireSame(NumberSeries other) {
        List<Sample> mine = points.stream().map(Point::sample).toList();
        if (!mine.equals(other.points.stream().map(Point::sample).toList())) {
            throw new IllegalArgumentException("'" + label + "' and '" + other.label
                    + "' are not of the same samples, so their values cannot be compared one by one");
        }
    }

    private static void requireRange(double low, double high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException("a range must go from low to high, got [" + low + ", " + high + "]");
        }
    }

    private static void requireTolerance(double tolerance) {
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("a tolerance must be 0 or more, got " + tolerance);
        }
    }

    /** Exact for counters beyond 2^53, whose difference is what counts. */
    private static double difference(Point before, Point now) {
        return before.value instanceof Long && now.value instanceof Long
                ? (double) (now.value.longValue() - before.value.longValue())
                : now.number() - before.number();
    }

    private static String pair(Point before, Point now) {
        return "at sample " + now.sample.label() + ": value " + text(now.value) + " after prior value "
                + text(before.value) + " at sample " + before.sample.label();
    }

    private static String text(Number value) {
        return value instanceof Double d ? text(d.doubleValue()) : value.toString();
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.4g", value);
    }
}
