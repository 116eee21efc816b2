package dev.ktstr.run;

import java.util.List;

/**
 * An attribute that a test has and that this version cannot act upon, as it was compiled with a newer one. It is never passed over
 * in silence: where the verdict would mean something else without it the variant is skipped, else the result says so.
 *
 * @param attribute its name
 * @param skips whether a variant with it is skipped
 */
public record Pending(String attribute, boolean skips) {
    /** A threshold that this version does not know. */
    static Pending check(String threshold) {
        return new Pending(threshold, true);
    }

    /** What the result says. */
    public String line() {
        return attribute + " is set, which this version cannot act upon yet"
                + (skips ? ": the variant is not run, for its verdict would not mean what the test says" : "");
    }

    /** The lines of those that make a variant a skip. */
    static List<String> skipping(List<Pending> pending) {
        return pending.stream().filter(Pending::skips).map(Pending::line).toList();
    }
}
