package dev.ktstr.rules;

import java.util.ArrayList;
import java.util.List;

/** Collects what the rules find, in the order they find it. */
public final class Findings {
    private final List<Finding> all = new ArrayList<>();

    /** Adds one. */
    public void add(Codes code, Place place, String what, String consequence, String hint) {
        all.add(new Finding(code, what, consequence, hint, place));
    }

    /** What was added so far. */
    public List<Finding> all() {
        return List.copyOf(all);
    }

    /** Whether an error was added. */
    public boolean hasErrors() {
        return all.stream().anyMatch(Finding::isError);
    }
}
