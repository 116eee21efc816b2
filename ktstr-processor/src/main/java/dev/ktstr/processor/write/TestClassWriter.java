package dev.ktstr.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.ktstr.processor.model.TestModel;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/**
 * Writes the JUnit class of a test class: a method per test that hands the test's identity and body to the harness.
 *
 * <p>It uses the part of Jupiter's API that JUnit 5 and 6 share, and depends on nothing but names, so equal sources give
 * equal bytes.
 */
public final class TestClassWriter {
    private static final String PROCESSOR = "dev.ktstr.processor.KtstrProcessor";
    private static final String GENERATED = "javax.annotation.processing.Generated";
    private static final ClassName RUNNER = ClassName.get("dev.ktstr.junit", "KtstrRunner");
    private static final String JUPITER = "org.junit.jupiter.api";
    private static final ClassName TEST = ClassName.get(JUPITER, "Test");
    private static final ClassName DISPLAY_NAME = ClassName.get(JUPITER, "DisplayName");
    private static final ClassName DISABLED = ClassName.get(JUPITER, "Disabled");
    private static final ClassName TAG = ClassName.get(JUPITER, "Tag");

    private final Elements elements;

    /** Makes a writer for this compilation. */
    public TestClassWriter(Elements elements) {
        this.elements = elements;
    }

    /** The generated class of a test class: {@code acme.Outer.Inner} has {@code acme.Outer_InnerKtstrIT}. */
    public static ClassName nameFor(TypeElement type) {
        ClassName name = ClassName.get(type);
        return ClassName.get(name.packageName(), String.join("_", name.simpleNames()) + "KtstrIT");
    }

    /** Builds the class. {@code tests} are all of {@code type}, valid, and at least one. */
    public JavaFile write(TypeElement type, List<TestModel> tests) {
        ClassName name = nameFor(type);
        TypeSpec.Builder junit = TypeSpec.classBuilder(name).addOriginatingElement(type);
        // A class in a named module that does not read java.compiler cannot name @Generated.
        if (elements.getTypeElement(elements.getModuleOf(type), GENERATED) != null) {
            junit.addAnnotation(AnnotationSpec.builder(ClassName.bestGuess(GENERATED))
                    .addMember("value", "$S", PROCESSOR)
                    .build());
        }
        if (tests.stream().anyMatch(this::usesDeprecated)) {
            junit.addAnnotation(AnnotationSpec.builder(SuppressWarnings.class)
                    .addMember("value", "{$S, $S}", "deprecation", "removal")
                    .build());
        }
        tests.forEach(t -> junit.addMethod(method(t)));
        return JavaFile.builder(name.packageName(), junit.build())
                .skipJavaLangImports(true)
                .indent("    ")
                .build();
    }

    private static MethodSpec method(TestModel test) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(test.name())
                .addAnnotation(TEST)
                .addAnnotation(text(DISPLAY_NAME, "ktstr/" + test.name()));
        if (test.name().startsWith("demo")) {
            method.addAnnotation(text(TAG, "demo"));
        }
        if (test.ignore().value()) {
            method.addAnnotation(text(DISABLED, "ignore = true on " + test.id()));
        }
        boolean isVoid = test.method().getReturnType().getKind() == TypeKind.VOID;
        return method.addException(Throwable.class)
                .addStatement(
                        "$T.$L($S, ctx -> $L.$L(ctx))",
                        RUNNER,
                        isVoid ? "runVoid" : "run",
                        test.id(),
                        receiver(test),
                        test.name())
                .build();
    }

    private static CodeBlock receiver(TestModel test) {
        ClassName type = ClassName.get(test.type());
        if (test.method().getModifiers().contains(Modifier.STATIC)) {
            return CodeBlock.of("$T", type);
        }
        return CodeBlock.of(test.type().getTypeParameters().isEmpty() ? "new $T()" : "new $T<>()", type);
    }

    private static AnnotationSpec text(ClassName annotation, String value) {
        return AnnotationSpec.builder(annotation)
                .addMember("value", "$S", value)
                .build();
    }

    /** Whether calling the test is a deprecation warning: the method, a constructor, or a class around them says so. */
    private boolean usesDeprecated(TestModel test) {
        Stream<Element> used = Stream.concat(
                Stream.of(test.method()),
                ElementFilter.constructorsIn(test.type().getEnclosedElements()).stream());
        Stream<Element> classes =
                Stream.iterate(test.type(), TypeElement.class::isInstance, Element::getEnclosingElement);
        return Stream.concat(used, classes).anyMatch(elements::isDeprecated);
    }
}
