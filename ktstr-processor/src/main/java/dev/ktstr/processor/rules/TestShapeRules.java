package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Location;
import dev.ktstr.processor.model.Names;
import dev.ktstr.processor.model.TestUnit;
import dev.ktstr.rules.Codes;
import dev.ktstr.rules.Findings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** A test method can be called, by generated code in its own package, with one Ctx. */
final class TestShapeRules {
    private final Findings out;

    TestShapeRules(Findings out) {
        this.out = out;
    }

    void check(TestUnit test) {
        checkModifiers(test);
        checkSignature(test);
        checkType(test);
    }

    /** Checks that the tests of one type have names of their own. */
    void checkNames(List<TestUnit> testsOfOneType) {
        Map<String, TestUnit> byName = new HashMap<>();
        for (TestUnit test : testsOfOneType) {
            if (byName.putIfAbsent(test.name(), test) != null) {
                report(
                        Codes.TEST_NAME_TWICE,
                        test,
                        "class " + test.type().getSimpleName() + " has two tests named " + test.name(),
                        "A test is known by its class and name in every report",
                        "rename one of them");
            }
        }
    }

    private void checkModifiers(TestUnit test) {
        Set<Modifier> modifiers = test.method().getModifiers();
        if (modifiers.contains(Modifier.PRIVATE)) {
            report(
                    Codes.TEST_PRIVATE,
                    test,
                    "test method " + test.name() + " is private",
                    "The generated JUnit class cannot call it",
                    "drop private");
        }
        if (modifiers.contains(Modifier.ABSTRACT)) {
            report(
                    Codes.TEST_ABSTRACT,
                    test,
                    "test method " + test.name() + " is abstract",
                    "There is nothing to run",
                    "give it a body, or move @KtstrTest to the method that has one");
        }
        if (!test.method().getTypeParameters().isEmpty()) {
            report(
                    Codes.TEST_GENERIC,
                    test,
                    "test method " + test.name() + " has type parameters",
                    "Nothing says what they stand for when JUnit calls it",
                    "drop the type parameters");
        }
    }

    private void checkSignature(TestUnit test) {
        ExecutableElement method = test.method();
        boolean oneCtx = method.getParameters().size() == 1
                && !method.isVarArgs()
                && MemberRules.isOrMayBe(method.getParameters().get(0).asType(), Names.CTX);
        if (!oneCtx && isSuspend(method)) {
            report(
                    Codes.TEST_SUSPEND,
                    test,
                    "test method " + test.name() + " is a suspend function",
                    "The harness calls it from Java, where there is no coroutine to suspend",
                    "drop suspend, and call runBlocking inside");
        } else if (!oneCtx) {
            report(
                    Codes.TEST_PARAMETERS,
                    test,
                    "test method " + test.name() + " takes "
                            + (method.getParameters().isEmpty() ? "no parameter" : parameters(method)),
                    "The harness calls it with one dev.ktstr.Ctx",
                    "write " + test.name() + "(Ctx ctx)");
        }
        TypeMirror returned = method.getReturnType();
        if (!isSuspend(method)
                && returned.getKind() != TypeKind.VOID
                && !MemberRules.isOrMayBe(returned, Names.ASSERT_RESULT)) {
            report(
                    Codes.TEST_RETURN,
                    test,
                    "test method " + test.name() + " returns " + returned,
                    "The harness would not know whether the test passed",
                    "return dev.ktstr.AssertResult, or make it void");
        }
    }

    private void checkType(TestUnit test) {
        TypeElement type = test.type();
        boolean isStatic = test.method().getModifiers().contains(Modifier.STATIC);
        for (Element e = type; e instanceof TypeElement nest; e = e.getEnclosingElement()) {
            if (nest.getModifiers().contains(Modifier.PRIVATE)) {
                report(
                        Codes.TEST_CLASS_PRIVATE,
                        test,
                        "test method " + test.name() + " is in the private class " + nest.getSimpleName(),
                        "The generated JUnit class cannot see it",
                        "drop private from " + nest.getSimpleName());
            }
        }
        if (isInner(type)) {
            report(
                    Codes.TEST_INNER_CLASS,
                    test,
                    "test method " + test.name() + " is in the inner class " + type.getSimpleName(),
                    "An instance would need one of the class around it",
                    "make " + type.getSimpleName() + " static");
        } else if (!isStatic && !isAbstract(test.method()) && !hasInstances(type)) {
            report(
                    Codes.TEST_CLASS_NO_INSTANCE,
                    test,
                    "test method " + test.name() + " is in " + type.getSimpleName() + ", which is "
                            + (type.getKind().isInterface()
                                    ? "an interface"
                                    : isAbstract(type) ? "abstract" : "an enum"),
                    "No instance of its own can be made to call it on",
                    "make the method static, or move it to a class that is not abstract");
        } else if (!isStatic && hasInstances(type) && !hasNoArgConstructor(type)) {
            report(
                    Codes.TEST_NO_CONSTRUCTOR,
                    test,
                    "class " + type.getSimpleName() + " of test method " + test.name()
                            + " has no no-arg constructor that is not private",
                    "Each test runs on an instance of its own, made without arguments",
                    "add " + type.getSimpleName() + "() {}, or make the method static");
        }
    }

    /** Whether Kotlin's compiler added the parameter that carries a coroutine. */
    private static boolean isSuspend(ExecutableElement method) {
        List<? extends VariableElement> parameters = method.getParameters();
        return !parameters.isEmpty()
                && parameters.get(parameters.size() - 1).asType().toString().startsWith(Names.CONTINUATION);
    }

    private static boolean hasInstances(TypeElement type) {
        return type.getKind().isClass() && type.getKind() != ElementKind.ENUM && !isAbstract(type);
    }

    private static boolean isAbstract(Element element) {
        return element.getModifiers().contains(Modifier.ABSTRACT);
    }

    private static boolean isInner(TypeElement type) {
        for (Element e = type; e instanceof TypeElement nest; e = e.getEnclosingElement()) {
            boolean member = nest.getNestingKind() == NestingKind.MEMBER;
            if (nest.getNestingKind().isNested()
                    && !(member && nest.getModifiers().contains(Modifier.STATIC))) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasNoArgConstructor(TypeElement type) {
        return ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
                .anyMatch(c -> c.getParameters().isEmpty() && !c.getModifiers().contains(Modifier.PRIVATE));
    }

    private static String parameters(ExecutableElement method) {
        return method.getParameters().stream()
                .map(p -> p.asType() + " " + p.getSimpleName())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private void report(Codes code, TestUnit test, String what, String consequence, String hint) {
        out.add(code, Location.of(test.method()), what, consequence, hint);
    }
}
