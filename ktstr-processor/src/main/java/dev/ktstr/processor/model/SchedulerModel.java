package dev.ktstr.processor.model;

import java.util.List;
import javax.lang.model.element.TypeElement;

/**
 * A type annotated {@code @Scheduler}.
 *
 * @param type the annotated type
 * @param location the annotation
 * @param name as written, or empty
 * @param binary as written, or empty
 * @param binaryPath as written, or empty
 * @param topology its own, written or default
 * @param schedArgs arguments it always gets
 * @param sysctls in source order
 * @param kargs in source order
 * @param checks the thresholds it writes, in the order of {@link ModelReader#CHECKS}
 * @param flags its constants in declaration order; empty unless it is an enum
 */
public record SchedulerModel(
        TypeElement type,
        Location location,
        Attribute<String> name,
        Attribute<String> binary,
        Attribute<String> binaryPath,
        TopologyModel topology,
        List<String> schedArgs,
        List<Setting> sysctls,
        List<Attribute<String>> kargs,
        List<Attribute<?>> checks,
        List<FlagModel> flags) {
    /** A sysctl; {@code key} carries the place in the source. */
    public record Setting(Attribute<String> key, String value) {}

    /** The name a diagnostic calls it by: {@code @Scheduler KtstrSched}. */
    public String display() {
        return "@Scheduler " + type.getSimpleName();
    }
}
