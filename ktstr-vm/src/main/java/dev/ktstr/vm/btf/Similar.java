package dev.ktstr.vm.btf;

import dev.ktstr.rules.Suggestions;
import java.util.Collection;

/** Says which names there are when one was not found. */
public final class Similar {
    private static final int SHOWN = 12;

    private Similar() {}

    /** Words such as {@code did you mean 'nr_running'? There are: …}, or that there are none. */
    public static String hint(String wanted, Collection<String> names) {
        if (names.isEmpty()) {
            return "there are none";
        }
        String all = String.join(", ", names.stream().limit(SHOWN).toList())
                + (names.size() > SHOWN ? ", … (" + names.size() + " in all)" : "");
        return Suggestions.nearest(wanted, names)
                        .map(near -> "did you mean '" + near + "'? ")
                        .orElse("")
                + "There are: " + all;
    }
}
