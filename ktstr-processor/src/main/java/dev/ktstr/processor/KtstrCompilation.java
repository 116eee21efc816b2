package dev.ktstr.processor;

import dev.ktstr.processor.model.ClaimableUnit;
import dev.ktstr.processor.model.ModelReader;
import dev.ktstr.processor.model.Names;
import dev.ktstr.processor.model.PayloadReader;
import dev.ktstr.processor.model.SchedulerReader;
import dev.ktstr.processor.model.SchedulerUnit;
import dev.ktstr.processor.model.TestUnit;
import dev.ktstr.processor.rules.SourceRules;
import dev.ktstr.processor.write.Registry;
import dev.ktstr.rules.Finding;
import dev.ktstr.rules.Rules;
import dev.ktstr.rules.UniqueNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/**
 * One compilation. Each round it writes the classes of what has passed the rules; at the end it judges everything once more
 * and reports all of it together, in the order of files and lines, and writes the registry when there was no error.
 *
 * <p>Between rounds it keeps names only, for elements of one round are not valid in the next. That is also why the rules run
 * twice: only what was read in the last round still has its place in the source.
 */
final class KtstrCompilation {
    private final Elements elements;
    private final SourceOrder order;
    private final Output output;
    private final EarlierBuild earlier;

    private final Set<String> schedulers = new TreeSet<>();
    private final Set<String> payloads = new TreeSet<>();
    private final Set<String> flagHolders = new TreeSet<>();
    private final Set<String> claimables = new TreeSet<>();
    private final Set<String> testClasses = new TreeSet<>();

    /** Classes with a test that names something that does not exist yet: a processor may write it in this round. */
    private final Set<String> postponed = new TreeSet<>();

    private boolean first = true;

    KtstrCompilation(ProcessingEnvironment environment, int mostMethods) {
        elements = environment.getElementUtils();
        order = SourceOrder.of(environment);
        earlier = new EarlierBuild(environment.getFiler(), elements);
        output = new Output(environment, earlier, mostMethods);
    }

    /** Processes what a round brings. */
    void round(RoundEnvironment round) {
        output.startRound(round.getRootElements());
        SchedulerReader schedulerReader = new SchedulerReader();
        annotated(round, Names.FLAG).forEach(f -> flagHolders.add(nameOf(f.getEnclosingElement())));
        annotated(round, Names.PAYLOAD).forEach(p -> payloads.add(nameOf(p)));
        for (TypeElement type : ElementFilter.typesIn(annotated(round, Names.CLAIMABLE))) {
            claimables.add(nameOf(type));
            ClaimableUnit.of(type).filter(c -> SourceRules.check(c).isEmpty()).ifPresent(output::writeClaims);
        }
        boolean constantsWritten = false;
        for (TypeElement type : ElementFilter.typesIn(annotated(round, Names.SCHEDULER))) {
            schedulers.add(nameOf(type));
            Optional<SchedulerUnit> scheduler = schedulerReader.scheduler(type);
            constantsWritten |= scheduler.isPresent() && output.writeFlags(scheduler.get());
        }
        Set<String> types = new TreeSet<>(postponed);
        postponed.clear();
        ElementFilter.methodsIn(annotated(round, Names.KTSTR_TEST))
                .forEach(m -> types.add(nameOf(m.getEnclosingElement())));
        if (first) {
            first = false;
            types.addAll(earlier.testsOfChangedSchedulers(schedulers));
        }
        testClasses.addAll(types);
        ModelReader reader = new ModelReader(schedulerReader);
        for (String name : types) {
            testClass(name, reader, constantsWritten);
        }
    }

    private void testClass(String name, ModelReader reader, boolean constantsWritten) {
        TypeElement type = elements.getTypeElement(name);
        if (type == null) {
            return;
        }
        List<ExecutableElement> methods = tests(type);
        if (constantsWritten && methods.stream().anyMatch(ModelReader::choosesFlags)) {
            postponed.add(name);
            return;
        }
        List<TestUnit> tests = methods.stream().map(reader::test).toList();
        if (tests.stream().anyMatch(t -> t.model().scheduler().unresolved())) {
            postponed.add(name);
        } else if (SourceRules.check(tests).stream().noneMatch(Finding::isError)
                && tests.stream().allMatch(KtstrCompilation::hasValidScheduler)) {
            output.writeTests(type, tests);
        }
    }

    private static boolean hasValidScheduler(TestUnit test) {
        return test.model().scheduler().model().stream()
                .noneMatch(s -> Rules.check(s).stream().anyMatch(Finding::isError));
    }

    /**
     * Judges everything and writes the registry.
     *
     * @param errorRaised whether the compiler or another processor has found errors
     * @return what was found, in the order of printing
     */
    List<Finding> finish(boolean errorRaised) {
        SchedulerReader schedulerReader = new SchedulerReader();
        ModelReader reader = new ModelReader(schedulerReader);
        PayloadReader payloadReader = new PayloadReader();
        List<Finding> findings = new ArrayList<>(output.findings());
        UniqueNames names = new UniqueNames();
        Registry registry = new Registry();
        types(flagHolders).flatMap(KtstrCompilation::flags).forEach(f -> findings.addAll(SourceRules.checkFlag(f)));
        types(claimables)
                .flatMap(t -> ClaimableUnit.of(t).stream())
                .forEach(c -> findings.addAll(SourceRules.check(c)));
        types(schedulers).flatMap(t -> schedulerReader.scheduler(t).stream()).forEach(s -> {
            findings.addAll(SourceRules.check(s));
            names.add(s.model());
        });
        types(payloads).flatMap(t -> payloadReader.payload(t).stream()).forEach(p -> {
            findings.addAll(SourceRules.check(p));
            names.add(p.model());
        });
        List<List<TestUnit>> tests = types(testClasses)
                .map(t -> tests(t).stream().map(reader::test).toList())
                .toList();
        tests.forEach(t -> findings.addAll(SourceRules.check(t)));
        findings.addAll(names.findings());
        if (!errorRaised && findings.stream().noneMatch(Finding::isError)) {
            fill(registry, schedulerReader, payloadReader, tests);
            output.writeRegistry(registry);
            findings.addAll(output.findings());
        }
        return order.sort(findings.stream().distinct().toList());
    }

    private void fill(
            Registry registry,
            SchedulerReader schedulerReader,
            PayloadReader payloadReader,
            List<List<TestUnit>> tests) {
        Set<String> allPayloads = new TreeSet<>(payloads);
        Set<String> allSchedulers = new TreeSet<>(schedulers);
        for (List<TestUnit> ofType : tests) {
            if (!ofType.isEmpty()) {
                registry.put(nameOf(ofType.get(0).type()), ofType);
            }
            for (TestUnit test : ofType) {
                test.model().scheduler().model().ifPresent(m -> allSchedulers.add(m.type()));
                test.model().payloads().forEach(p -> allPayloads.add(p.type()));
            }
        }
        types(allSchedulers).flatMap(t -> schedulerReader.scheduler(t).stream()).forEach(registry::add);
        types(allPayloads).flatMap(t -> payloadReader.payload(t).stream()).forEach(registry::add);
    }

    private Stream<TypeElement> types(Set<String> names) {
        return names.stream().map(elements::getTypeElement).flatMap(Stream::ofNullable);
    }

    private static List<ExecutableElement> tests(TypeElement type) {
        return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
                .filter(ModelReader::isTest)
                .toList();
    }

    private static Stream<? extends Element> flags(TypeElement holder) {
        return holder.getEnclosedElements().stream()
                .filter(e -> e.getAnnotationMirrors().stream()
                        .anyMatch(m -> nameOf(m.getAnnotationType().asElement()).equals(Names.FLAG)));
    }

    private Set<? extends Element> annotated(RoundEnvironment round, String annotation) {
        TypeElement type = elements.getTypeElement(annotation);
        return type == null ? Set.of() : round.getElementsAnnotatedWith(type);
    }

    private static String nameOf(Element type) {
        return ((TypeElement) type).getQualifiedName().toString();
    }
}
