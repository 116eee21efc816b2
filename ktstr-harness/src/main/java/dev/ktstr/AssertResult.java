package dev.ktstr;

import java.util.ArrayList;
import java.util.List;

/**
 * What a test found: nothing wrong, or lines that say what is. An immutable value.
 *
 * @param details one line per violation, empty when there is none
 * @param stats what was measured, one entry per cgroup that ran
 * @param inconclusive one line per violation that the host explains, with the evidence
 * @param notes what is worth knowing and decides nothing
 */
public record AssertResult(
        List<String> details, List<CgroupStats> stats, List<String> inconclusive, List<String> notes) {
    /** Copies the lists. */
    public AssertResult {
        details = List.copyOf(details);
        stats = List.copyOf(stats);
        inconclusive = List.copyOf(inconclusive);
        notes = List.copyOf(notes);
    }

    /** Violations and statistics; nothing inconclusive. */
    public AssertResult(List<String> details, List<CgroupStats> stats) {
        this(details, stats, List.of(), List.of());
    }

    /** A pass without statistics. */
    public static AssertResult pass() {
        return new AssertResult(List.of(), List.of());
    }

    /** A failure for that reason. */
    public static AssertResult fail(String detail) {
        return new AssertResult(List.of(detail), List.of());
    }

    /** Neither: the host could not give what the check needs, for that reason. */
    public static AssertResult inconclusive(String reason) {
        return new AssertResult(List.of(), List.of(), List.of(reason), List.of());
    }

    /** Whether nothing was wrong, and nothing in doubt. */
    public boolean passed() {
        return details.isEmpty() && inconclusive.isEmpty();
    }

    /** Whether a violation stands that the host does not explain. */
    public boolean failed() {
        return !details.isEmpty();
    }

    /** The statistics as one value, with totals. */
    public ScenarioStats scenario() {
        return new ScenarioStats(stats);
    }

    /**
     * The statistics of the cgroup of that name; the last one, when several steps had it.
     *
     * @throws IllegalArgumentException when none ran, naming those that did
     */
    public CgroupStats cgroup(String name) {
        return stats.stream()
                .filter(c -> c.name().equals(name))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new IllegalArgumentException("no cgroup '" + name + "' ran; those that did: "
                        + String.join(
                                ", ", stats.stream().map(CgroupStats::name).toList())));
    }

    /** Both results in one: everything of this, then of the other. */
    public AssertResult and(AssertResult other) {
        return new AssertResult(
                joined(details, other.details),
                joined(stats, other.stats),
                joined(inconclusive, other.inconclusive),
                joined(notes, other.notes));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
