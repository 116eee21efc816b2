package dev.ktstr.processor.model;

import java.util.List;
import java.util.Optional;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/**
 * A method annotated {@code @KtstrTest}, with inheritance resolved.
 *
 * @param method the annotated method
 * @param type the type that declares it
 * @param location the annotation
 * @param scheduler what {@code scheduler} names
 * @param numbers {@code memoryMb durationS workersPerCgroup}, in this order
 * @param checks the thresholds written on the test or on its scheduler, in the order of {@link ModelReader#CHECKS}
 */
public record TestModel(
        ExecutableElement method,
        TypeElement type,
        Location location,
        SchedulerRef scheduler,
        TopologyModel topology,
        List<Attribute<Integer>> numbers,
        Attribute<List<String>> extraSchedArgs,
        Attribute<Boolean> expectErr,
        Attribute<Boolean> ignore,
        List<Attribute<?>> checks) {

    /**
     * The value of {@code scheduler}.
     *
     * @param model the scheduler, when it is one
     * @param wrong what is named instead, when it is none
     * @param unresolved whether the type does not exist (yet); the compiler reports that itself
     * @param location where it is written
     */
    public record SchedulerRef(
            Optional<SchedulerModel> model, Optional<String> wrong, boolean unresolved, Location location) {}

    /** The method's name, which is the test's. */
    public String name() {
        return method.getSimpleName().toString();
    }

    /** The test's identity: canonical name of the class, {@code #}, method. */
    public String id() {
        return type.getQualifiedName() + "#" + name();
    }

    /** One of {@link #numbers()} by name. */
    public Attribute<Integer> number(String name) {
        return numbers.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    }

    /** A written threshold by name, the test's before its scheduler's. */
    public Optional<Attribute<?>> check(String name) {
        return checks.stream().filter(c -> c.name().equals(name)).findFirst();
    }
}
