package dev.ktstr.rules;

import dev.ktstr.spec.SchedulerFlag;
import java.util.List;

/**
 * A scheduler as it is declared.
 *
 * @param display what a message calls it: {@code @Scheduler KtstrSched}
 * @param type name of the declaring type
 * @param place the declaration
 * @param values by the names of {@code @Scheduler}; those of its topology, constraints and checks stand among them
 * @param definition {@code acme.Defs#LAYERED} when {@code from} names the constant that defines it, else empty
 * @param sysctls in source order
 * @param flags its constants in declaration order; empty unless it is an enum
 */
public record SchedulerModel(
        String display,
        String type,
        Place place,
        Attributes values,
        String definition,
        List<Setting> sysctls,
        List<FlagModel> flags) {
    /** A sysctl; {@code key} carries the place in the source. */
    public record Setting(Attribute<String> key, String value) {}

    /** Its name, or empty. */
    public String name() {
        return values.string("name").value();
    }

    /** Its flags by names alone. */
    public List<SchedulerFlag> plainFlags() {
        return flags.stream().map(FlagModel::flag).toList();
    }
}
