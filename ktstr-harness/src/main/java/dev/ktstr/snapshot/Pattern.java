package dev.ktstr.snapshot;

import dev.ktstr.Claims;
import java.util.ArrayList;
import java.util.List;

/** One pattern over one series: collects its lines, and passes on what came of it. */
final class Pattern {
    /** A series that is wrong everywhere says so often enough. */
    private static final int MAX_LINES = 10;

    private final String start;
    private final List<String> lines = new ArrayList<>();
    private int more;

    /**
     * A pattern that has found nothing yet but what is missing.
     *
     * @param missing lines of samples without a value
     * @param points samples with a value
     * @param needed how many of those the pattern needs to say anything
     */
    Pattern(String label, String name, List<String> missing, int points, int needed) {
        start = label + " (" + name + "): ";
        missing.forEach(this::add);
        if (missing.isEmpty() && points < needed) {
            broken("needs at least " + needed + (needed == 1 ? " sample" : " samples") + ", and there "
                    + (points == 1 ? "is 1" : "are " + points)
                    + ". Hint: set numSnapshots, or give the test more time.");
        }
    }

    void broken(String what) {
        add(start + what);
    }

    private void add(String line) {
        if (lines.size() < MAX_LINES) {
            lines.add(line);
        } else {
            more++;
        }
    }

    void tell(Claims claims) {
        if (lines.isEmpty()) {
            claims.record(true, start + "holds");
        }
        lines.forEach(line -> claims.record(false, line));
        if (more > 0) {
            claims.record(false, start + "and " + more + " more");
        }
    }
}
