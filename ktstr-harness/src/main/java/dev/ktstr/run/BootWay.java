package dev.ktstr.run;

import java.time.Duration;
import java.util.Optional;

/**
 * How a guest came up.
 *
 * @param forked whether it is a fork of a template, or booted
 * @param ahead whether it was woken and warmed ahead, while another variant ran
 * @param warming time it took, once its agent was ready, to run what a scenario will run; zero when that was done ahead
 * @param aside time that went into neither: saving a template, waiting for one, a fork that failed
 * @param note what went wrong with templates on the way, for the result file
 */
public record BootWay(boolean forked, boolean ahead, Duration warming, Duration aside, Optional<String> note) {
    /** The word for the result file. */
    public String key() {
        return forked ? "forked" : "cold";
    }
}
