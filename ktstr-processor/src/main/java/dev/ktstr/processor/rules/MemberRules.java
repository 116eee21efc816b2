package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Location;
import dev.ktstr.processor.model.Names;
import dev.ktstr.processor.model.SchedulerReader;
import dev.ktstr.processor.model.SchedulerUnit;
import dev.ktstr.processor.model.TestUnit;
import dev.ktstr.rules.Attribute;
import dev.ktstr.rules.Codes;
import dev.ktstr.rules.Findings;
import dev.ktstr.rules.Place;
import dev.ktstr.rules.Suggestions;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** What an attribute names in the source is there and of the right kind: postVm's method, a definition's constant, flags. */
final class MemberRules {
    private final Findings out;

    MemberRules(Findings out) {
        this.out = out;
    }

    /** Checks an element that carries {@code @Flag}: it is a constant of a scheduler enum. */
    void checkFlag(Element flag) {
        Element type = flag.getEnclosingElement();
        boolean constant = flag.getKind() == ElementKind.ENUM_CONSTANT;
        boolean scheduler = type.getAnnotationMirrors().stream()
                .map(m -> (TypeElement) m.getAnnotationType().asElement())
                .anyMatch(a -> a.getQualifiedName().contentEquals(Names.SCHEDULER));
        if (constant && scheduler) {
            return;
        }
        out.add(
                Codes.FLAG_OUTSIDE_SCHEDULER,
                Location.of(flag),
                "@Flag on " + flag.getSimpleName()
                        + (constant
                                ? " of the enum " + type.getSimpleName() + ", which is not annotated @Scheduler"
                                : ", which is not an enum constant"),
                "No scheduler has this flag, so no test could use it",
                constant
                        ? "annotate " + type.getSimpleName() + " with @Scheduler"
                        : "make it a constant of an enum annotated @Scheduler");
    }

    /** Checks the method that {@code postVm} names. */
    void checkPostVm(TestUnit test) {
        Attribute<String> postVm = test.model().values().string("postVm");
        if (!postVm.written()) {
            return;
        }
        List<ExecutableElement> methods = ElementFilter.methodsIn(test.type().getEnclosedElements());
        List<ExecutableElement> named = methods.stream()
                .filter(m -> m.getSimpleName().contentEquals(postVm.value()))
                .toList();
        String type = test.type().getSimpleName().toString();
        if (named.isEmpty()) {
            List<String> known = methods.stream()
                    .map(m -> m.getSimpleName().toString())
                    .filter(name -> !name.equals(test.name()))
                    .toList();
            out.add(
                    Codes.POST_VM_UNKNOWN,
                    postVm.place(),
                    postVm.text() + " of " + test.name() + ": class " + type + " has no such method",
                    "There is nothing to call after the guest has ended",
                    Suggestions.nearest(postVm.value(), known)
                            .map(name -> "did you mean " + name + "?")
                            .orElse("add a method void name(VmResult result) to " + type));
        } else if (named.stream().noneMatch(MemberRules::takesVmResult)) {
            out.add(
                    Codes.POST_VM_SIGNATURE,
                    postVm.place(),
                    postVm.text() + " of " + test.name() + " names a method that cannot be called with a VmResult",
                    "It is called once on the host, after the guest has ended",
                    "write void " + postVm.value() + "(VmResult result), not private, abstract or generic");
        }
    }

    private static boolean takesVmResult(ExecutableElement m) {
        return m.getReturnType().getKind() == TypeKind.VOID
                && m.getParameters().size() == 1
                && isOrMayBe(m.getParameters().get(0).asType(), Names.VM_RESULT)
                && m.getTypeParameters().isEmpty()
                && !m.getModifiers().contains(Modifier.PRIVATE)
                && !m.getModifiers().contains(Modifier.ABSTRACT);
    }

    /** Checks the constant that {@code from} and {@code constant} name. */
    void checkDefinition(SchedulerUnit scheduler) {
        Attribute<String> constant = scheduler.model().values().string("constant");
        Optional<TypeElement> from = SchedulerReader.from(scheduler.type());
        Optional<Location> written = SchedulerReader.fromLocation(scheduler.type());
        String display = scheduler.model().display();
        if (from.isEmpty()) {
            if (constant.written() && written.isEmpty()) {
                report(constant.place(), display + " has constant and no from", "write from = the class that holds it");
            }
            return;
        }
        if (!constant.written()) {
            report(written.get(), display + " has from and no constant", "write constant = \"NAME\" of a field of it");
            return;
        }
        List<VariableElement> fields = ElementFilter.fieldsIn(from.get().getEnclosedElements()).stream()
                .filter(f -> isOrMayBe(f.asType(), Names.SCHEDULER_DEFINITION))
                .toList();
        Optional<VariableElement> field = fields.stream()
                .filter(f -> f.getSimpleName().contentEquals(constant.value()))
                .findFirst();
        String type = from.get().getQualifiedName().toString();
        if (field.isEmpty()) {
            List<String> known =
                    fields.stream().map(f -> f.getSimpleName().toString()).toList();
            report(
                    constant.place(),
                    constant.text() + " of " + display + ": " + type + " has no such field of type SchedulerDefinition",
                    Suggestions.nearest(constant.value(), known)
                            .map(name -> "did you mean " + name + "?")
                            .orElse("write static final SchedulerDefinition " + "NAME = Schedulers.define(...) there"));
        } else if (!field.get().getModifiers().contains(Modifier.STATIC)
                || field.get().getModifiers().contains(Modifier.PRIVATE)) {
            report(
                    constant.place(),
                    constant.text() + " of " + display + " is not a static field of " + type + " that can be read",
                    "make it static and not private");
        }
    }

    private void report(Place place, String what, String hint) {
        out.add(
                Codes.DEFINITION,
                place,
                what,
                "The harness reads the definition from that constant when the test runs",
                hint);
    }

    /** Whether a type has this name, or does not exist: then the compiler says so. */
    static boolean isOrMayBe(TypeMirror type, String qualifiedName) {
        return type.getKind() == TypeKind.ERROR
                || (type instanceof DeclaredType declared
                        && declared.asElement() instanceof TypeElement element
                        && element.getQualifiedName().contentEquals(qualifiedName));
    }
}
