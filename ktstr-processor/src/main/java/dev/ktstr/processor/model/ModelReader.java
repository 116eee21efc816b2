package dev.ktstr.processor.model;

import dev.ktstr.rules.Attribute;
import dev.ktstr.rules.Attributes;
import dev.ktstr.rules.Origin;
import dev.ktstr.rules.SchedulerModel;
import dev.ktstr.rules.TestModel;
import dev.ktstr.rules.TestModel.MapWrite;
import dev.ktstr.rules.TestModel.PayloadRef;
import dev.ktstr.rules.TestModel.SchedulerRef;
import dev.ktstr.rules.Thresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** Reads test methods and resolves inheritance: test, then scheduler, then default. */
public final class ModelReader {
    private static final List<String> INTEGERS =
            List.of("memoryMb", "watchdogTimeoutS", "durationS", "workersPerCgroup", "numSnapshots");
    private static final List<String> BOOLEANS =
            List.of("autoRepro", "performanceMode", "noPerfMode", "hostOnly", "ignore", "expectErr");
    private static final List<String> STRINGS =
            List.of("config", "expectScxBpfErrorContains", "expectScxBpfErrorMatches", "postVm");
    private static final List<String> LISTS =
            List.of("extraSchedArgs", "requiredFlags", "excludedFlags", "memoryNodes");

    private final SchedulerReader schedulers;

    /** Makes a reader that reads schedulers with {@code schedulers}. */
    public ModelReader(SchedulerReader schedulers) {
        this.schedulers = schedulers;
    }

    /** Whether a method is annotated {@code @KtstrTest}. */
    public static boolean isTest(ExecutableElement method) {
        return Annotation.find(method, Names.KTSTR_TEST).isPresent();
    }

    /** Whether a test chooses flags by name, which may come from a class that is yet to be generated. */
    public static boolean choosesFlags(ExecutableElement test) {
        Annotation a = Annotation.find(test, Names.KTSTR_TEST).orElseThrow();
        return a.value("requiredFlags").isPresent() || a.value("excludedFlags").isPresent();
    }

    /**
     * Reads a method annotated {@code @KtstrTest}.
     *
     * @throws IllegalArgumentException when it is not annotated
     */
    public TestUnit test(ExecutableElement method) {
        Annotation a = Annotation.find(method, Names.KTSTR_TEST)
                .orElseThrow(() -> new IllegalArgumentException(method + " is not annotated @KtstrTest"));
        SchedulerRef ref = schedulerRef(a);
        Attributes values = new Attributes();
        INTEGERS.forEach(name -> values.put(a.read(name, Integer.class, Origin.TEST)));
        BOOLEANS.forEach(name -> values.put(a.read(name, Boolean.class, Origin.TEST)));
        STRINGS.forEach(name -> values.put(a.read(name, String.class, Origin.TEST)));
        LISTS.forEach(name -> values.putList(a.list(name, Origin.TEST)));
        SchedulerReader.DIMENSIONS.forEach(name -> values.put(inherited(a, ref, name, Integer.class)));
        SchedulerReader.LIMITS.forEach(name -> values.put(inherited(a, ref, name, Integer.class)));
        values.put(inherited(a, ref, "requiresSmt", Boolean.class));
        Thresholds.ALL.forEach((name, type) -> a.written(name, type, Origin.TEST)
                .<Attribute<?>>map(t -> t)
                .or(() -> ref.model().flatMap(s -> s.values().find(name)))
                .ifPresent(values::put));
        return new TestUnit(
                method,
                (TypeElement) method.getEnclosingElement(),
                ref.model().map(SchedulerModel::type).orElse(""),
                new TestModel(method.getSimpleName().toString(), a.location(), values, ref, payloads(a), mapWrites(a)));
    }

    private static <T> Attribute<?> inherited(Annotation test, SchedulerRef ref, String name, Class<T> type) {
        return test.written(name, type, Origin.TEST)
                .<Attribute<?>>map(a -> a)
                .or(() -> ref.model().flatMap(s -> s.values().find(name)).filter(Attribute::written))
                .orElseGet(() -> test.read(name, type, Origin.TEST));
    }

    private SchedulerRef schedulerRef(Annotation test) {
        Optional<AnnotationValue> value = test.value("scheduler");
        if (value.isEmpty()) {
            return new SchedulerRef(Optional.empty(), Optional.empty(), false, test.location(), false);
        }
        Location where = test.location(value.get());
        if (!(value.get().getValue() instanceof TypeMirror named) || named.getKind() == TypeKind.ERROR) {
            return new SchedulerRef(Optional.empty(), Optional.empty(), true, where, true);
        }
        if (named instanceof DeclaredType declared && declared.asElement() instanceof TypeElement type) {
            if (type.getQualifiedName().contentEquals(Names.EEVDF)) {
                return new SchedulerRef(Optional.empty(), Optional.empty(), false, where, true);
            }
            Optional<SchedulerModel> model = schedulers.scheduler(type).map(SchedulerUnit::model);
            Optional<String> wrong = model.isPresent()
                    ? Optional.empty()
                    : Optional.of(type.getQualifiedName().toString());
            return new SchedulerRef(model, wrong, false, where, true);
        }
        return new SchedulerRef(Optional.empty(), Optional.of(named.toString()), false, where, true);
    }

    private static List<PayloadRef> payloads(Annotation test) {
        List<PayloadRef> payloads = new ArrayList<>();
        test.value("payload").flatMap(v -> payload(test, "payload", v)).ifPresent(payloads::add);
        test.elements("workloads").forEach(v -> payload(test, "workloads", v).ifPresent(payloads::add));
        return List.copyOf(payloads);
    }

    /** Reads a class literal; one that does not exist is the compiler's to report. */
    private static Optional<PayloadRef> payload(Annotation test, String attribute, AnnotationValue value) {
        if (!(value.getValue() instanceof TypeMirror named)
                || named.getKind() == TypeKind.ERROR
                || named.getKind() == TypeKind.VOID) {
            return Optional.empty();
        }
        Location where = test.location(value);
        if (named instanceof DeclaredType declared && declared.asElement() instanceof TypeElement type) {
            boolean isPayload = Annotation.find(type, Names.PAYLOAD).isPresent();
            return Optional.of(new PayloadRef(attribute, type.getQualifiedName().toString(), isPayload, where));
        }
        return Optional.of(new PayloadRef(attribute, named.toString(), false, where));
    }

    private static List<MapWrite> mapWrites(Annotation test) {
        List<MapWrite> writes = new ArrayList<>();
        for (Annotation a : test.nestedAll("bpfMapWrite")) {
            Optional<Attribute<String>> map = a.written("map", String.class, Origin.TEST);
            Optional<Attribute<Long>> value = a.written("value", Long.class, Origin.TEST);
            if (map.isPresent() && value.isPresent()) {
                Attributes values = new Attributes()
                        .put(map.get())
                        .put(a.read("variable", String.class, Origin.TEST))
                        .put(a.read("offset", Integer.class, Origin.TEST));
                writes.add(new MapWrite(a.location(), values, value.get()));
            }
        }
        return List.copyOf(writes);
    }
}
