package dev.ktstr.processor.model;

import dev.ktstr.rules.Attribute;
import dev.ktstr.rules.Origin;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.ElementFilter;

/**
 * A type annotated {@code @Claimable}.
 *
 * @param type the type
 * @param subject name of the method that tells instances apart; blank when there is none
 * @param accessors the methods that can be claimed of, in source order
 */
public record ClaimableUnit(TypeElement type, Attribute<String> subject, List<ExecutableElement> accessors) {
    /** Those of {@link Object} that take nothing: nobody claims anything of them. */
    private static final Set<String> OF_OBJECT =
            Set.of("hashCode", "toString", "getClass", "notify", "notifyAll", "wait", "clone", "finalize");

    /** Reads a type; empty when it is not annotated. */
    public static Optional<ClaimableUnit> of(TypeElement type) {
        return Annotation.find(type, Names.CLAIMABLE)
                .map(a -> new ClaimableUnit(
                        type,
                        a.read("subject", String.class, Origin.TEST),
                        ElementFilter.methodsIn(type.getEnclosedElements()).stream()
                                .filter(ClaimableUnit::isAccessor)
                                .toList()));
    }

    private static boolean isAccessor(ExecutableElement method) {
        return method.getParameters().isEmpty()
                && method.getTypeParameters().isEmpty()
                && method.getThrownTypes().isEmpty()
                && method.getReturnType().getKind() != TypeKind.VOID
                && !method.getModifiers().contains(Modifier.STATIC)
                && !method.getModifiers().contains(Modifier.PRIVATE)
                && !OF_OBJECT.contains(method.getSimpleName().toString());
    }
}
