package dev.ktstr.processor.model;

import dev.ktstr.rules.TestModel;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/**
 * A test, as the compiler has it and as it was read.
 *
 * @param method the annotated method
 * @param type the type that declares it
 * @param schedulerType the type that {@code scheduler} names, or empty
 */
public record TestUnit(ExecutableElement method, TypeElement type, String schedulerType, TestModel model) {
    /** The method's name, which is the test's. */
    public String name() {
        return model.name();
    }

    /** The test's identity: canonical name of the class, {@code #}, method. */
    public String id() {
        return type.getQualifiedName() + "#" + name();
    }
}
