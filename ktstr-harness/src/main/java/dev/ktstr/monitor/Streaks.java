package dev.ktstr.monitor;

import java.util.Optional;
import java.util.function.IntFunction;

/** Finds how long something stood without a break. */
final class Streaks {
    private Streaks() {}

    /** What one sample says. */
    enum Mark {
        /** All is well: ends a streak. */
        WELL,
        /** Not well: adds to a streak. */
        WRONG,
        /** Says nothing: neither adds nor ends. */
        UNTOLD
    }

    /**
     * A run of samples.
     *
     * @param from index of the first that is wrong
     * @param to index of the last that is wrong
     * @param wrong how many are
     */
    record Streak(int from, int to, int wrong) {}

    /** The longest streak in {@code [from, to)} with at least {@code least} that are wrong; the first of several. */
    static Optional<Streak> longest(int from, int to, int least, IntFunction<Mark> marks) {
        Streak best = null;
        int start = -1;
        int end = -1;
        int wrong = 0;
        for (int i = from; i <= to; i++) {
            Mark mark = i == to ? Mark.WELL : marks.apply(i);
            if (mark == Mark.WRONG) {
                start = wrong == 0 ? i : start;
                end = i;
                wrong++;
            } else if (mark == Mark.WELL) {
                if (wrong >= Math.max(1, least) && (best == null || wrong > best.wrong)) {
                    best = new Streak(start, end, wrong);
                }
                wrong = 0;
            }
        }
        return Optional.ofNullable(best);
    }
}
