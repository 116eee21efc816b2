package dev.ktstr.processor.model;

import dev.ktstr.rules.Attribute;
import dev.ktstr.rules.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Reads one annotation mirror: what is written in it, and the defaults of what is not.
 *
 * <p>A value the compiler could not make sense of ({@code llcs = "x"}) reaches a processor with another type than the
 * attribute's. It counts as not written: the compiler reports it itself.
 */
final class Annotation {
    /** What javac gives as the value of a constant that it cannot find. */
    private static final String ERROR = "<error>";

    private final AnnotationMirror mirror;

    /**
     * The place of {@link #mirror}. For a nested annotation that is a value in the outermost one, since a
     * {@link javax.annotation.processing.Messager} takes the annotation that stands on the element.
     */
    private final Location here;

    private Annotation(AnnotationMirror mirror, Location here) {
        this.mirror = mirror;
        this.here = here;
    }

    /** Finds an annotation by its qualified name. */
    static Optional<Annotation> find(Element element, String qualifiedName) {
        return element.getAnnotationMirrors().stream()
                .filter(m -> ((TypeElement) m.getAnnotationType().asElement())
                        .getQualifiedName()
                        .contentEquals(qualifiedName))
                .findFirst()
                .map(m -> new Annotation(m, new Location(element, m, null)));
    }

    Location location() {
        return here;
    }

    /** Place of a value that this annotation holds, however deep. */
    Location location(AnnotationValue value) {
        return new Location(here.element(), here.mirror(), value);
    }

    /** Reads an attribute: as written, with {@code written} as its origin, else the annotation's default. */
    <T> Attribute<T> read(String name, Class<T> type, Origin written) {
        return written(name, type, written)
                .orElseGet(
                        () -> new Attribute<>(name, type.cast(defaultOf(name).getValue()), Origin.DEFAULT, location()));
    }

    /** Reads an attribute only if it stands in the source. */
    <T> Optional<Attribute<T>> written(String name, Class<T> type, Origin written) {
        return value(name)
                .filter(v -> type.isInstance(v.getValue()) && !v.getValue().equals(ERROR))
                .map(v -> new Attribute<>(name, type.cast(v.getValue()), written, location(v)));
    }

    /** Elements of a {@code String[]} attribute as written, each with its own place; empty when not written. */
    List<Attribute<String>> strings(String name, Origin written) {
        return elements(name).stream()
                .filter(v -> v.getValue() instanceof String text && !text.equals(ERROR))
                .map(v -> new Attribute<>(name, (String) v.getValue(), written, location(v)))
                .toList();
    }

    /** A list attribute as a whole: as written, or empty by default. */
    Attribute<List<Attribute<String>>> list(String name, Origin written) {
        return value(name)
                .map(v -> new Attribute<>(name, strings(name, written), written, location(v)))
                .orElseGet(() -> new Attribute<>(name, List.of(), Origin.DEFAULT, location()));
    }

    /** The annotation that an attribute holds, if it is written. */
    Optional<Annotation> nested(String name) {
        return value(name)
                .filter(v -> v.getValue() instanceof AnnotationMirror)
                .map(v -> new Annotation((AnnotationMirror) v.getValue(), location(v)));
    }

    /** The annotation that is an attribute's default. */
    Annotation defaultAnnotation(String name) {
        return new Annotation((AnnotationMirror) defaultOf(name).getValue(), here);
    }

    /** Values that an array attribute holds, as written. */
    List<? extends AnnotationValue> elements(String name) {
        return value(name)
                .map(AnnotationValue::getValue)
                .filter(List.class::isInstance)
                .map(Annotation::asValues)
                .orElse(List.of());
    }

    /** The annotations that an array attribute holds. */
    List<Annotation> nestedAll(String name) {
        return elements(name).stream()
                .filter(v -> v.getValue() instanceof AnnotationMirror)
                .map(v -> new Annotation((AnnotationMirror) v.getValue(), location(v)))
                .toList();
    }

    /** The explicit value of an attribute. */
    Optional<AnnotationValue> value(String name) {
        return mirror.getElementValues().entrySet().stream()
                .filter(e -> e.getKey().getSimpleName().contentEquals(name))
                .findFirst()
                .map(Map.Entry::getValue);
    }

    /** An array's value is a {@code List<? extends AnnotationValue>} by the contract of {@link AnnotationValue}. */
    @SuppressWarnings("unchecked")
    private static List<? extends AnnotationValue> asValues(Object list) {
        return (List<? extends AnnotationValue>) list;
    }

    private AnnotationValue defaultOf(String name) {
        for (ExecutableElement method :
                ElementFilter.methodsIn(mirror.getAnnotationType().asElement().getEnclosedElements())) {
            if (method.getSimpleName().contentEquals(name) && method.getDefaultValue() != null) {
                return method.getDefaultValue();
            }
        }
        throw new IllegalStateException("@"
                + mirror.getAnnotationType().asElement().getSimpleName()
                + " has no attribute " + name + " with a default: ktstr-annotations and ktstr-processor on the class"
                + " path are of different versions. Use the same version of both.");
    }
}
