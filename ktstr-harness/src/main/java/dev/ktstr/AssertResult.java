package dev.ktstr;

import java.util.ArrayList;
import java.util.List;

/**
 * What a test found: nothing wrong, or lines that say what is. An immutable value.
 *
 * @param details one line per violation, empty when it passed
 * @param stats what was measured, one entry per cgroup that ran
 */
public record AssertResult(List<String> details, List<CgroupStats> stats) {
    /** Copies the lists. */
    public AssertResult {
        details = List.copyOf(details);
        stats = List.copyOf(stats);
    }

    /** A pass without statistics. */
    public static AssertResult pass() {
        return new AssertResult(List.of(), List.of());
    }

    /** A failure for that reason. */
    public static AssertResult fail(String detail) {
        return new AssertResult(List.of(detail), List.of());
    }

    /** Whether nothing was wrong. */
    public boolean passed() {
        return details.isEmpty();
    }

    /** Both results in one: the lines and the statistics of this, then of the other. */
    public AssertResult and(AssertResult other) {
        List<String> bothDetails = new ArrayList<>(details);
        bothDetails.addAll(other.details);
        List<CgroupStats> bothStats = new ArrayList<>(stats);
        bothStats.addAll(other.stats);
        return new AssertResult(bothDetails, bothStats);
    }
}
