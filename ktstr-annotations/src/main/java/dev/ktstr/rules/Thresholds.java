package dev.ktstr.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The thresholds, as both {@code @KtstrTest} and {@code @Checks} name them. */
public final class Thresholds {
    /** The type of each by its name, in the order of the documentation. */
    public static final Map<String, Class<?>> ALL = all();

    private Thresholds() {}

    private static Map<String, Class<?>> all() {
        Map<String, Class<?>> all = new LinkedHashMap<>();
        all.put("notStarved", Boolean.class);
        all.put("isolation", Boolean.class);
        all.put("maxGapMs", Integer.class);
        all.put("maxSpreadPct", Double.class);
        all.put("maxThroughputCv", Double.class);
        all.put("minWorkRate", Double.class);
        all.put("maxImbalanceRatio", Double.class);
        all.put("maxLocalDsqDepth", Integer.class);
        all.put("failOnStall", Boolean.class);
        all.put("sustainedSamples", Integer.class);
        all.put("maxFallbackRate", Double.class);
        all.put("maxKeepLastRate", Double.class);
        all.put("maxP99WakeLatencyNs", Long.class);
        all.put("maxWakeLatencyCv", Double.class);
        all.put("minIterationRate", Double.class);
        all.put("maxMigrationRatio", Double.class);
        all.put("minPageLocality", Double.class);
        all.put("maxCrossNodeMigrationRatio", Double.class);
        all.put("maxSlowTierRatio", Double.class);
        return Collections.unmodifiableMap(all);
    }
}
