package dev.ktstr.processor.model;

import dev.ktstr.rules.Attributes;
import dev.ktstr.rules.Rules;
import dev.ktstr.rules.SchedulerModel;
import dev.ktstr.rules.TestModel;
import dev.ktstr.spec.FlagProfile;
import dev.ktstr.spec.GauntletPreset;
import dev.ktstr.spec.SchedulerFlag;
import java.util.List;

/**
 * What a test runs on beside its own topology.
 *
 * @param presets names of the presets that its constraints accept; none for a test that boots nothing
 * @param profiles its flag profiles, at least one; the first is that of its base case
 */
public record Gauntlet(List<String> presets, List<FlagProfile> profiles) {
    /** Makes the gauntlet of a test that has passed the rules. */
    public static Gauntlet of(TestModel test) {
        Attributes values = test.values();
        List<SchedulerFlag> flags = flags(test);
        return new Gauntlet(
                values.bool("hostOnly").value()
                        ? List.of()
                        : Rules.limits(values).presets().stream()
                                .map(GauntletPreset::name)
                                .toList(),
                FlagProfile.all(flags, names(values, "requiredFlags"), names(values, "excludedFlags")));
    }

    /** The flags of a test's scheduler. */
    public static List<SchedulerFlag> flags(TestModel test) {
        return test.scheduler().model().map(SchedulerModel::plainFlags).orElse(List.of());
    }

    /** Chosen flags by their kebab-case names. */
    public static List<String> names(Attributes values, String attribute) {
        return values.texts(attribute).stream().map(SchedulerFlag::kebab).toList();
    }
}
