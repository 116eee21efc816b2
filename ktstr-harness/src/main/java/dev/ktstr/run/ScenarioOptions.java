package dev.ktstr.run;

import dev.ktstr.WorkType;
import dev.ktstr.run.encode.Random64;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the options of a run say about scenarios.
 *
 * @param seed of whatever is random in them
 * @param workType put in the place of work that is marked swappable
 * @param logPasses whether claims that hold are noted
 */
record ScenarioOptions(long seed, Optional<WorkType> workType, boolean logPasses) {
    /**
     * Reads {@code seed}, {@code workType} and {@code log.passes}. Without a seed the variant's identity makes one: a rerun repeats it, and so do
     * other kernels.
     *
     * @throws RunException when one cannot be read
     */
    static ScenarioOptions of(Options options, Variant variant) {
        return new ScenarioOptions(
                options.get("seed").map(ScenarioOptions::seed).orElseGet(() -> seed(variant)),
                options.get("workType").map(ScenarioOptions::workType),
                options.on("log.passes"));
    }

    private static long seed(Variant variant) {
        List<String> identity = new ArrayList<>();
        identity.add(variant.test().id());
        identity.add(variant.topology().toString());
        identity.add(variant.shape().profile().name());
        identity.addAll(variant.schedulerArgs());
        return Random64.seedOf(identity);
    }

    private static long seed(String text) {
        try {
            long seed = Long.parseLong(text);
            if (seed >= 0) {
                return seed;
            }
        } catch (NumberFormatException e) {
            // Said below, with the option's name.
        }
        throw RunException.setup(
                "options",
                "-Dktstr.seed=" + text + " is not a whole number of 0 or more. Hint: copy it from a result file.");
    }

    private static WorkType workType(String text) {
        try {
            return WorkType.parse(text);
        } catch (IllegalArgumentException e) {
            throw RunException.setup("options", "-Dktstr.workType=" + text + ": " + e.getMessage());
        }
    }
}
