package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Location;
import dev.ktstr.processor.model.Names;
import dev.ktstr.processor.model.TestModel;
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
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** A test method can be called, by generated code in its own package, with one Ctx. */
final class TestShapeRules {
    /** Methods every object has: a JUnit method of that name and without parameters would override or hide them. */
    private static final Set<String> OF_OBJECT =
            Set.of("clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

    private final Diagnostics out;

    TestShapeRules(Diagnostics out) {
        this.out = out;
    }

    void check(TestModel test) {
        checkModifiers(test);
        checkSignature(test);
        checkType(test);
        if (OF_OBJECT.contains(test.name())) {
            report(
                    Codes.TEST_NAME_OF_OBJECT,
                    test,
                    "test method " + test.name() + " has the name of a method of java.lang.Object",
                    "The generated JUnit method of that name would clash with it",
                    "rename the method");
        }
    }

    /** Checks that the tests of one type have names of their own. */
    void checkNames(List<TestModel> testsOfOneType) {
        Map<String, TestModel> byName = new HashMap<>();
        for (TestModel test : testsOfOneType) {
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

    private void checkModifiers(TestModel test) {
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

    private void checkSignature(TestModel test) {
        ExecutableElement method = test.method();
        boolean oneCtx = method.getParameters().size() == 1
                && !method.isVarArgs()
                && isOrMayBe(method.getParameters().get(0).asType(), Names.CTX);
        if (!oneCtx) {
            report(
                    Codes.TEST_PARAMETERS,
                    test,
                    "test method " + test.name() + " takes "
                            + (method.getParameters().isEmpty() ? "no parameter" : parameters(method)),
                    "The harness calls it with one dev.ktstr.Ctx",
                    "write " + test.name() + "(Ctx ctx)");
        }
        TypeMirror returned = method.getReturnType();
        if (returned.getKind() != TypeKind.VOID && !isOrMayBe(returned, Names.ASSERT_RESULT)) {
            report(
                    Codes.TEST_RETURN,
                    test,
                    "test method " + test.name() + " returns " + returned,
                    "The harness would not know whether the test passed",
                    "return dev.ktstr.AssertResult, or make it void");
        }
    }

    private void checkType(TestModel test) {
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

    /** Whether a type has this name, or does not exist: then the compiler says so, and a second error would not help. */
    private static boolean isOrMayBe(TypeMirror type, String qualifiedName) {
        return type.getKind() == TypeKind.ERROR
                || (type instanceof DeclaredType declared
                        && declared.asElement() instanceof TypeElement element
                        && element.getQualifiedName().contentEquals(qualifiedName));
    }

    private static String parameters(ExecutableElement method) {
        return method.getParameters().stream()
                .map(p -> p.asType() + " " + p.getSimpleName())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private void report(Codes code, TestModel test, String what, String consequence, String hint) {
        out.add(code, Location.of(test.method()), what, consequence, hint);
    }
}
