package dev.ktstr.host;

import dev.ktstr.WorkType;
import dev.ktstr.run.Options;
import dev.ktstr.run.RunException;
import java.time.Duration;
import java.util.Optional;

/**
 * How a run on bare metal is to be.
 *
 * @param filter names and globs of the catalogue, comma-separated; empty for all of it
 * @param duration of each scenario
 * @param workers of a cgroup whose scenario names no count
 * @param workType put in the place of work that is marked swappable
 * @param seed of whatever is random
 * @param cgroup the cgroup below which the run's is made; empty for the root of the hierarchy
 */
public record HostSettings(
        String filter,
        Duration duration,
        int workers,
        Optional<WorkType> workType,
        long seed,
        Optional<String> cgroup) {
    private static final Duration DURATION = Duration.ofSeconds(5);
    private static final int WORKERS = 2;

    /**
     * Reads the options {@code filter}, {@code duration}, {@code workers}, {@code workType}, {@code seed} and
     * {@code host.cgroup}.
     *
     * @throws RunException when one cannot be read
     */
    public static HostSettings of(Options options) {
        return new HostSettings(
                options.get("filter").orElse(""),
                options.seconds("duration", DURATION),
                options.positive("workers").orElse(WORKERS),
                options.get("workType").map(HostSettings::workType),
                options.positive("seed").orElse(0),
                options.get("host.cgroup"));
    }

    private static WorkType workType(String text) {
        try {
            return WorkType.parse(text);
        } catch (IllegalArgumentException e) {
            throw RunException.setup("options", "-Dktstr.workType=" + text + ": " + e.getMessage());
        }
    }
}
