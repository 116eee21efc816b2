package dev.ktstr.checks;

import dev.ktstr.Assert;
import dev.ktstr.Threshold;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The thresholds in force, each with where it was written last. Immutable. */
public final class MergedChecks {
    /**
     * A threshold's value and its origin.
     *
     * @param value the limit, or 1 and 0 for a switch
     * @param origin {@code default}, {@code default (relaxed)}, {@code scheduler}, {@code test} or {@code assert}
     */
    public record Setting(double value, String origin) {}

    private final Map<Threshold, Setting> settings;

    private MergedChecks(Map<Threshold, Setting> settings) {
        this.settings = settings;
    }

    /** The defaults; relaxed where the backend cannot keep time with the host. */
    public static MergedChecks defaults(boolean relaxed) {
        return relaxed
                ? none().over(Assert.relaxedChecks(), "default (relaxed)")
                : none().over(Assert.defaultChecks(), "default");
    }

    /** No thresholds. */
    public static MergedChecks none() {
        return new MergedChecks(new EnumMap<>(Threshold.class));
    }

    /** These, with what {@code asserted} sets laid over them. */
    public MergedChecks over(Assert asserted, String origin) {
        Map<Threshold, Setting> merged = new EnumMap<>(Threshold.class);
        merged.putAll(settings);
        asserted.values().forEach((threshold, value) -> merged.put(threshold, new Setting(value, origin)));
        return new MergedChecks(merged);
    }

    /** Whether a switch is on. */
    public boolean on(Threshold threshold) {
        Setting setting = settings.get(threshold);
        return setting != null && setting.value() != 0;
    }

    /** A limit, empty when there is none. */
    public OptionalDouble limit(Threshold threshold) {
        Setting setting = settings.get(threshold);
        return setting == null ? OptionalDouble.empty() : OptionalDouble.of(setting.value());
    }

    /** Where a threshold was written last; empty when nowhere. */
    public Optional<String> origin(Threshold threshold) {
        return Optional.ofNullable(settings.get(threshold)).map(Setting::origin);
    }

    /** All settings, in the order of {@link Threshold}. */
    public Map<Threshold, Setting> settings() {
        return Collections.unmodifiableMap(settings);
    }
}
