package dev.ktstr.processor;

import dev.ktstr.processor.model.Location;
import dev.ktstr.processor.model.ModelReader;
import dev.ktstr.processor.model.Names;
import dev.ktstr.processor.model.SchedulerModel;
import dev.ktstr.processor.model.TestModel;
import dev.ktstr.processor.rules.Codes;
import dev.ktstr.processor.rules.Diagnostic;
import dev.ktstr.processor.rules.Diagnostics;
import dev.ktstr.processor.rules.Rules;
import dev.ktstr.processor.write.RegistryWriter;
import dev.ktstr.processor.write.TestClassWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.StandardLocation;

/**
 * One compilation: reads, checks and writes what each round brings, and writes the registry at the end.
 *
 * <p>Test classes are written in the round that brings them, so that other processors and the compiler's own checks see
 * them; the registry only when no error was found.
 */
final class KtstrCompilation {
    private final Elements elements;
    private final Filer filer;
    private final ModelReader reader = new ModelReader();
    private final Diagnostics diagnostics = new Diagnostics();
    private final Rules rules = new Rules(diagnostics);
    private final TestClassWriter testClasses;
    private final List<SchedulerModel> schedulers = new ArrayList<>();
    private final List<TestModel> tests = new ArrayList<>();

    /**
     * Classes with a test whose scheduler does not exist yet, by name: another processor may write it in this round. A
     * name, because elements of one round are not valid in the next.
     */
    private final Set<String> postponed = new LinkedHashSet<>();

    KtstrCompilation(Elements elements, Filer filer) {
        this.elements = elements;
        this.filer = filer;
        this.testClasses = new TestClassWriter(elements);
    }

    /** Processes what a round brings. Returns the diagnostics about it, in the order of printing. */
    List<Diagnostic> round(RoundEnvironment round) {
        for (Element flag : annotated(round, Names.FLAG)) {
            rules.checkFlag(flag);
        }
        // By name, so that of two schedulers with one name the same one is reported whatever the order of the files.
        ElementFilter.typesIn(annotated(round, Names.SCHEDULER)).stream()
                .sorted(Comparator.comparing(type -> type.getQualifiedName().toString()))
                .flatMap(type -> reader.scheduler(type).stream())
                .forEach(scheduler -> {
                    rules.check(scheduler);
                    schedulers.add(scheduler);
                });
        Map<String, TypeElement> types = new LinkedHashMap<>();
        postponed.forEach(name -> types.put(name, elements.getTypeElement(name)));
        postponed.clear();
        for (ExecutableElement method : ElementFilter.methodsIn(annotated(round, Names.KTSTR_TEST))) {
            TypeElement type = (TypeElement) method.getEnclosingElement();
            types.put(type.getQualifiedName().toString(), type);
        }
        types.values().forEach(this::testClass);
        return diagnostics.drain();
    }

    /** Writes the registry. Returns the diagnostics that are left. */
    List<Diagnostic> finish() {
        // The compiler reports their missing types; what else is wrong with these classes is said here.
        postponed.forEach(name -> rules.check(tests(elements.getTypeElement(name))));
        if (!diagnostics.hasErrors() && !(schedulers.isEmpty() && tests.isEmpty())) {
            writeRegistry();
        }
        return diagnostics.drain();
    }

    private void testClass(TypeElement type) {
        List<TestModel> found = tests(type);
        if (found.stream().anyMatch(t -> t.scheduler().unresolved())) {
            postponed.add(type.getQualifiedName().toString());
            return;
        }
        rules.check(found);
        tests.addAll(found);
        if (found.stream().noneMatch(t -> diagnostics.isBroken(t.method()))) {
            writeTestClass(type, found);
        }
    }

    private List<TestModel> tests(TypeElement type) {
        return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
                .filter(ModelReader::isTest)
                .map(reader::test)
                .toList();
    }

    private void writeTestClass(TypeElement type, List<TestModel> found) {
        String name = TestClassWriter.nameFor(type).canonicalName();
        if (elements.getTypeElement(name) != null) {
            diagnostics.add(
                    Codes.GENERATED_CLASS_EXISTS,
                    Location.of(type),
                    "class " + type.getQualifiedName() + " has tests, and there already is a class " + name,
                    "The JUnit class of these tests gets that name",
                    "rename one of the two");
            return;
        }
        try {
            testClasses.write(type, found).writeTo(filer);
        } catch (IOException e) {
            outputFailed(type, name, e);
        }
    }

    private void writeRegistry() {
        Element[] origins = Stream.concat(
                        schedulers.stream().map(SchedulerModel::type),
                        tests.stream().map(TestModel::type))
                .distinct()
                .toArray(Element[]::new);
        try (Writer writer = filer.createResource(StandardLocation.CLASS_OUTPUT, "", RegistryWriter.PATH, origins)
                .openWriter()) {
            writer.write(RegistryWriter.write(schedulers, tests));
        } catch (IOException e) {
            outputFailed(origins[0], RegistryWriter.PATH, e);
        }
    }

    private void outputFailed(Element element, String file, IOException e) {
        diagnostics.add(
                Codes.OUTPUT_FAILED,
                Location.of(element),
                "could not write " + file + ": " + e,
                "The tests would not be found when they should run",
                "see that the compiler's output folder can be written, and that no other processor writes this file");
    }

    private Set<? extends Element> annotated(RoundEnvironment round, String annotation) {
        TypeElement type = elements.getTypeElement(annotation);
        return type == null ? Set.of() : round.getElementsAnnotatedWith(type);
    }
}
