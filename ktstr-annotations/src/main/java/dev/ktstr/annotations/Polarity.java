package dev.ktstr.annotations;

/** Which direction of a figure is the better one, for comparing runs. */
public enum Polarity {
    /** More is better: throughput. */
    HIGHER_IS_BETTER,
    /** Less is better: latency. */
    LOWER_IS_BETTER,
    /** Reported, not judged. */
    UNKNOWN
}
