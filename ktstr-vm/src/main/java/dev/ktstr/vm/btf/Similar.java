package dev.ktstr.vm.btf;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Says which names there are when one was not found. */
public final class Similar {
    private static final int SHOWN = 12;
    private static final int LONGEST = 64;

    private Similar() {}

    /** Words such as {@code did you mean 'nr_running'? There are: …}, or that there are none. */
    public static String hint(String wanted, Collection<String> names) {
        if (names.isEmpty()) {
            return "there are none";
        }
        List<String> near = near(wanted, names);
        String all = String.join(", ", names.stream().limit(SHOWN).toList())
                + (names.size() > SHOWN ? ", … (" + names.size() + " in all)" : "");
        return (near.isEmpty() ? "" : "did you mean '" + near.get(0) + "'? ") + "There are: " + all;
    }

    private static List<String> near(String wanted, Collection<String> names) {
        if (wanted.length() > LONGEST) {
            return List.of();
        }
        int limit = wanted.length() < 4 ? 1 : Math.max(2, wanted.length() / 3);
        return names.stream()
                .filter(name -> Math.abs(name.length() - wanted.length()) <= limit)
                .filter(name -> distance(wanted, name) <= limit)
                .sorted(Comparator.comparingInt(name -> distance(wanted, name)))
                .limit(1)
                .toList();
    }

    /** Edits that lead from one to the other (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
