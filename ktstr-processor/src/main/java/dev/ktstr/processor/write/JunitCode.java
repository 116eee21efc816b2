package dev.ktstr.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.ktstr.processor.model.TestUnit;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/**
 * The pieces that generated classes are made of. They use the part of Jupiter's API that JUnit 5 and 6 share, and depend on
 * nothing but names, so equal sources give equal bytes.
 */
final class JunitCode {
    static final ClassName NESTED = ClassName.get("org.junit.jupiter.api", "Nested");
    static final ClassName DISPLAY_NAME = ClassName.get("org.junit.jupiter.api", "DisplayName");
    static final ClassName TAG = ClassName.get("org.junit.jupiter.api", "Tag");
    private static final ClassName DISABLED = ClassName.get("org.junit.jupiter.api", "Disabled");
    private static final ClassName RUNNER = ClassName.get("dev.ktstr.junit", "KtstrRunner");
    private static final ClassName VARIANT = ClassName.get("dev.ktstr.junit", "KtstrVariant");
    private static final ClassName VARIANTS = ClassName.get("dev.ktstr.junit", "KtstrVariants");
    private static final String PROCESSOR = "dev.ktstr.processor.KtstrProcessor";
    private static final String GENERATED = "javax.annotation.processing.Generated";

    private final Elements elements;

    JunitCode(Elements elements) {
        this.elements = elements;
    }

    /** Starts a generated class that comes from {@code type}. */
    TypeSpec.Builder start(ClassName name, TypeElement type) {
        TypeSpec.Builder start = TypeSpec.classBuilder(name).addOriginatingElement(type);
        // A class in a named module that does not read java.compiler cannot name @Generated.
        if (elements.getTypeElement(elements.getModuleOf(type), GENERATED) != null) {
            start.addAnnotation(AnnotationSpec.builder(ClassName.bestGuess(GENERATED))
                    .addMember("value", "$S", PROCESSOR)
                    .build());
        }
        return start;
    }

    static JavaFile file(ClassName name, TypeSpec.Builder type) {
        return JavaFile.builder(name.packageName(), type.build())
                .skipJavaLangImports(true)
                .indent("    ")
                .build();
    }

    /** Keeps calls of what the user deprecated from being warnings in code that the user did not write. */
    void suppressDeprecation(TypeSpec.Builder type, List<TestUnit> tests) {
        if (tests.stream().anyMatch(this::usesDeprecated)) {
            type.addAnnotation(AnnotationSpec.builder(SuppressWarnings.class)
                    .addMember("value", "{$S, $S}", "deprecation", "removal")
                    .build());
        }
    }

    static AnnotationSpec text(ClassName annotation, String value) {
        return AnnotationSpec.builder(annotation)
                .addMember("value", "$S", value)
                .build();
    }

    static AnnotationSpec disabled(TestUnit test) {
        return text(DISABLED, "ignore = true on " + test.id());
    }

    /** {@code @KtstrVariants} with the members that are not empty. */
    static AnnotationSpec variants(TestUnit test, String preset, String profile) {
        AnnotationSpec.Builder annotation = AnnotationSpec.builder(VARIANTS).addMember("test", "$S", test.id());
        if (!preset.isEmpty()) {
            annotation.addMember("preset", "$S", preset);
        }
        if (!profile.isEmpty()) {
            annotation.addMember("profile", "$S", profile);
        }
        return annotation.build();
    }

    /** A method that takes a variant. */
    static MethodSpec.Builder method(String name) {
        return MethodSpec.methodBuilder(name).addParameter(VARIANT, "variant").addException(Throwable.class);
    }

    /** The statement that runs a test. */
    static CodeBlock run(TestUnit test) {
        boolean isVoid = test.method().getReturnType().getKind() == TypeKind.VOID;
        return CodeBlock.of(
                "$T.$L(variant, ctx -> $L.$L(ctx))", RUNNER, isVoid ? "runVoid" : "run", receiver(test), test.name());
    }

    private static CodeBlock receiver(TestUnit test) {
        ClassName type = ClassName.get(test.type());
        if (test.method().getModifiers().contains(Modifier.STATIC)) {
            return CodeBlock.of("$T", type);
        }
        return CodeBlock.of(test.type().getTypeParameters().isEmpty() ? "new $T()" : "new $T<>()", type);
    }

    /** Whether calling the test is a deprecation warning: the method, a constructor, or a class around them says so. */
    private boolean usesDeprecated(TestUnit test) {
        Stream<Element> used = Stream.concat(
                Stream.of(test.method()),
                ElementFilter.constructorsIn(test.type().getEnclosedElements()).stream());
        Stream<Element> classes =
                Stream.iterate(test.type(), TypeElement.class::isInstance, Element::getEnclosingElement);
        return Stream.concat(used, classes).anyMatch(elements::isDeprecated);
    }
}
