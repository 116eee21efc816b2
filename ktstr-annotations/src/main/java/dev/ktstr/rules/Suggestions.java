package dev.ktstr.rules;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name the user may have meant. */
public final class Suggestions {
    /** No name is as long; comparing takes time in proportion to the product of the lengths. */
    private static final int LONGEST = 200;

    private Suggestions() {}

    /**
     * Returns the known name nearest to {@code wrong}, ignoring case, if at most a third of its characters (and at least
     * one) would have to change. Of equally near names the first in {@code known} wins.
     */
    public static Optional<String> nearest(String wrong, Collection<String> known) {
        if (wrong.length() > LONGEST) {
            return Optional.empty();
        }
        String folded = fold(wrong);
        int limit = Math.max(1, folded.length() / 3);
        return known.stream()
                .filter(name -> Math.abs(name.length() - folded.length()) <= limit)
                .filter(name -> distance(folded, fold(name)) <= limit)
                .min(Comparator.comparingInt(name -> distance(folded, fold(name))));
    }

    private static String fold(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /**
     * Damerau-Levenshtein distance, optimal string alignment: insertions, deletions, substitutions and swaps of
     * neighbours, no part edited twice.
     */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int substitution = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(substitution, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
