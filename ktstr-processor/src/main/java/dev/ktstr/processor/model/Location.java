package dev.ktstr.processor.model;

import dev.ktstr.rules.Place;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import org.jspecify.annotations.Nullable;

/**
 * A place in the user's source.
 *
 * @param element the annotated element, or the element itself
 * @param mirror the annotation on it, when the place is an annotation
 * @param value the value in that annotation, when the place is an attribute
 */
public record Location(
        Element element,
        @Nullable AnnotationMirror mirror,
        @Nullable AnnotationValue value) implements Place {
    /** Points at the element itself. */
    public static Location of(Element element) {
        return new Location(element, null, null);
    }
}
