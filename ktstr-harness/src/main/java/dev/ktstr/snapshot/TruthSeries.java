package dev.ktstr.snapshot;

import dev.ktstr.Claims;
import java.util.List;

/** A truth over time. Immutable. */
public final class TruthSeries {
    private static final String PATTERN = "always_true";
    private final String label;
    private final List<Point> points;
    private final List<String> missing;

    /** A sample and what was true of it. */
    record Point(Sample sample, boolean value) {}

    TruthSeries(String label, List<Point> points, List<String> missing) {
        this.label = label;
        this.points = List.copyOf(points);
        this.missing = List.copyOf(missing);
    }

    /** Claims that it holds at every sample; one line for each at which it does not. */
    public TruthSeries alwaysTrue(Claims claims) {
        Pattern pattern = new Pattern(label, PATTERN, missing, points.size(), 1);
        for (Point point : points) {
            if (!point.value) {
                pattern.broken("false at sample " + point.sample.label());
            }
        }
        pattern.tell(claims);
        return this;
    }
}
