package dev.ktstr.rules;

import java.util.List;
import java.util.Optional;

/**
 * A test as it is declared, with inheritance resolved.
 *
 * @param name the method's name
 * @param place the annotation
 * @param values by the names of {@code @KtstrTest}
 * @param scheduler what {@code scheduler} names
 * @param payloads the type that runs instead of workers, if one is named, then those beside them
 * @param mapWrites in source order
 */
public record TestModel(
        String name,
        Place place,
        Attributes values,
        SchedulerRef scheduler,
        List<PayloadRef> payloads,
        List<MapWrite> mapWrites) {
    /**
     * The value of {@code scheduler}.
     *
     * @param model the scheduler, when it is one
     * @param wrong what is named instead, when it is none
     * @param unresolved whether the type does not exist (yet); the compiler reports that itself
     * @param place where it is written
     * @param written whether it stands in the source
     */
    public record SchedulerRef(
            Optional<SchedulerModel> model, Optional<String> wrong, boolean unresolved, Place place, boolean written) {
        /** Whether the test runs on the kernel's own scheduler. */
        public boolean isKernels() {
            return model.isEmpty() && wrong.isEmpty() && !unresolved;
        }

        /** What a message calls it, or empty. */
        public String display() {
            return model.map(SchedulerModel::display).orElse("");
        }
    }

    /**
     * An element of {@code payload} or {@code workloads}.
     *
     * @param attribute which of the two
     * @param type name of the type
     * @param isPayload whether it is annotated {@code @Payload}, or does not exist (yet)
     * @param place where it is written
     */
    public record PayloadRef(String attribute, String type, boolean isPayload, Place place) {}

    /**
     * A {@code @BpfMapWrite}.
     *
     * @param place the annotation
     * @param values by the names of its attributes: {@code map}, {@code variable}, {@code offset}
     * @param value what is written
     */
    public record MapWrite(Place place, Attributes values, Attribute<Long> value) {}
}
