package dev.ktstr.result;

import java.util.Locale;

/** The outcome of a variant. */
public enum Verdict {
    /** Everything that was checked holds. */
    PASS,
    /** Something that was checked does not hold, or the run could not be judged for a reason that is no excuse. */
    FAIL,
    /** The host could not give the guest what a check needs. */
    INCONCLUSIVE,
    /** It was not run, for the reason that is given. */
    SKIP;

    /** As in the sidecar. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
