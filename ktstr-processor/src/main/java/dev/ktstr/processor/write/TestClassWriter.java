package dev.ktstr.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.ktstr.processor.model.TestUnit;
import java.util.List;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Writes the JUnit class of a test class: a method per test, on the test's own topology with its base profile. */
public final class TestClassWriter {
    private final JunitCode code;

    /** Makes a writer for this compilation. */
    public TestClassWriter(Elements elements) {
        this.code = new JunitCode(elements);
    }

    /** Builds the class. {@code tests} are all of {@code type}, valid, and at least one. */
    public JavaFile write(TypeElement type, List<TestUnit> tests) {
        ClassName name = JavaNames.testClass(type);
        TypeSpec.Builder junit = code.start(name, type);
        code.suppressDeprecation(junit, tests);
        tests.forEach(t -> junit.addMethod(method(t)));
        return JunitCode.file(name, junit);
    }

    private static MethodSpec method(TestUnit test) {
        MethodSpec.Builder method = JunitCode.method(test.name())
                .addAnnotation(JunitCode.variants(test, "", ""))
                .addAnnotation(JunitCode.text(JunitCode.DISPLAY_NAME, "ktstr/" + test.name()));
        if (test.name().startsWith("demo")) {
            method.addAnnotation(JunitCode.text(JunitCode.TAG, "demo"));
        }
        if (test.model().values().bool("ignore").value()) {
            method.addAnnotation(JunitCode.disabled(test));
        }
        return method.addStatement(JunitCode.run(test)).build();
    }
}
