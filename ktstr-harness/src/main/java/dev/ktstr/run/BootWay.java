package dev.ktstr.run;

import java.time.Duration;
import java.util.Optional;

/**
 * How a guest came up.
 *
 * @param forked whether it is a fork of a template, or booted
 * @param aside time that went into neither: saving a template, waiting for one, a fork that failed
 * @param note what went wrong with templates on the way, for the result file
 */
public record BootWay(boolean forked, Duration aside, Optional<String> note) {
    /** The word for the result file. */
    public String key() {
        return forked ? "forked" : "cold";
    }
}
