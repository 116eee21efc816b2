package dev.ktstr.catalogue;

import java.util.Locale;

/** What a scenario of the catalogue is about. */
public enum Group {
    /** Plain load that every scheduler must carry. */
    BASIC,
    /** Cpusets that are set, cleared, resized and swapped under running work. */
    CPUSET,
    /** Cgroups and workers that come and go. */
    DYNAMIC,
    /** Many of one thing at once. */
    STRESS,
    /** Unequal neighbours: policies, weights, nice levels, load from outside. */
    INTERACTION,
    /** Affinities within cpusets. */
    AFFINITY,
    /** Cgroups within cgroups. */
    NESTED,
    /** Shapes whose speed and latency are worth comparing. */
    PERFORMANCE;

    /** The name in options and output. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
