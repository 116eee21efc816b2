package dev.ktstr.processor.model;

import dev.ktstr.processor.model.SchedulerModel.Setting;
import dev.ktstr.processor.model.TestModel.SchedulerRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Reads annotated elements into models and resolves inheritance: test, then scheduler, then default. */
public final class ModelReader {
    /** The thresholds, as both {@code @KtstrTest} and {@code @Checks} name them, and the type of each. */
    public static final Map<String, Class<?>> CHECKS = checks();

    private static final List<String> NUMBERS = List.of("memoryMb", "durationS", "workersPerCgroup");

    /** Reads a type annotated {@code @Scheduler}; empty when it is not. */
    public Optional<SchedulerModel> scheduler(TypeElement type) {
        return Annotation.find(type, Names.SCHEDULER).map(a -> scheduler(type, a));
    }

    private SchedulerModel scheduler(TypeElement type, Annotation a) {
        Optional<Annotation> topology = a.nested("topology");
        List<Attribute<Integer>> dimensions = new ArrayList<>();
        for (String name : TopologyModel.DIMENSIONS) {
            dimensions.add(topology.flatMap(t -> t.written(name, Integer.class, Origin.SCHEDULER))
                    .orElseGet(() -> defaultDimension(a, name)));
        }
        return new SchedulerModel(
                type,
                a.location(),
                a.read("name", String.class, Origin.SCHEDULER),
                a.read("binary", String.class, Origin.SCHEDULER),
                a.read("binaryPath", String.class, Origin.SCHEDULER),
                topology(dimensions),
                values(a.strings("schedArgs", Origin.SCHEDULER)),
                a.nestedAll("sysctls").stream()
                        .flatMap(s -> setting(s).stream())
                        .toList(),
                a.strings("kargs", Origin.SCHEDULER),
                a.nested("checks")
                        .map(c -> thresholds(c, Origin.SCHEDULER))
                        .map(m -> List.copyOf(m.values()))
                        .orElse(List.of()),
                flags(type));
    }

    /** Reads the default of a dimension from {@code @Scheduler}'s own default, {@code @Topology}. */
    private static Attribute<Integer> defaultDimension(Annotation scheduler, String name) {
        Attribute<Integer> value = scheduler.defaultAnnotation("topology").read(name, Integer.class, Origin.DEFAULT);
        return new Attribute<>(name, value.value(), Origin.DEFAULT, scheduler.location());
    }

    private static Optional<Setting> setting(Annotation sysctl) {
        return sysctl.written("key", String.class, Origin.SCHEDULER)
                .flatMap(key -> sysctl.written("value", String.class, Origin.SCHEDULER)
                        .map(value -> new Setting(key, value.value())));
    }

    private static List<FlagModel> flags(TypeElement type) {
        List<FlagModel> flags = new ArrayList<>();
        for (VariableElement field : ElementFilter.fieldsIn(type.getEnclosedElements())) {
            if (field.getKind() == ElementKind.ENUM_CONSTANT) {
                Optional<Annotation> flag = Annotation.find(field, Names.FLAG);
                flags.add(new FlagModel(
                        field,
                        flag.isPresent(),
                        flag.map(f -> values(f.strings("args", Origin.SCHEDULER)))
                                .orElse(List.of()),
                        flag.map(f -> f.strings("requires", Origin.SCHEDULER)).orElse(List.of())));
            }
        }
        return List.copyOf(flags);
    }

    /** Whether a method is annotated {@code @KtstrTest}. */
    public static boolean isTest(ExecutableElement method) {
        return Annotation.find(method, Names.KTSTR_TEST).isPresent();
    }

    /**
     * Reads a method annotated {@code @KtstrTest}.
     *
     * @throws IllegalArgumentException when it is not annotated
     */
    public TestModel test(ExecutableElement method) {
        Annotation a = Annotation.find(method, Names.KTSTR_TEST)
                .orElseThrow(() -> new IllegalArgumentException(method + " is not annotated @KtstrTest"));
        SchedulerRef ref = schedulerRef(a);
        Optional<SchedulerModel> scheduler = ref.model();

        List<Attribute<Integer>> dimensions = new ArrayList<>();
        for (String name : TopologyModel.DIMENSIONS) {
            dimensions.add(a.written(name, Integer.class, Origin.TEST)
                    .or(() -> scheduler.map(s -> dimension(s, name)).filter(Attribute::written))
                    .orElseGet(() -> a.read(name, Integer.class, Origin.TEST)));
        }
        Map<String, Attribute<?>> checks = new LinkedHashMap<>();
        scheduler.ifPresent(s -> s.checks().forEach(c -> checks.put(c.name(), c)));
        checks.putAll(thresholds(a, Origin.TEST));

        List<Attribute<String>> extra = a.strings("extraSchedArgs", Origin.TEST);
        Optional<AnnotationValue> written = a.value("extraSchedArgs");
        return new TestModel(
                method,
                (TypeElement) method.getEnclosingElement(),
                a.location(),
                ref,
                topology(dimensions),
                NUMBERS.stream().map(n -> a.read(n, Integer.class, Origin.TEST)).toList(),
                new Attribute<>(
                        "extraSchedArgs",
                        values(extra),
                        written.isPresent() ? Origin.TEST : Origin.DEFAULT,
                        written.map(a::location).orElse(a.location())),
                a.read("expectErr", Boolean.class, Origin.TEST),
                a.read("ignore", Boolean.class, Origin.TEST),
                inOrder(checks));
    }

    private SchedulerRef schedulerRef(Annotation test) {
        Optional<AnnotationValue> value = test.value("scheduler");
        if (value.isEmpty()) {
            return new SchedulerRef(Optional.empty(), Optional.empty(), false, test.location());
        }
        Location where = test.location(value.get());
        if (!(value.get().getValue() instanceof TypeMirror named) || named.getKind() == TypeKind.ERROR) {
            return new SchedulerRef(Optional.empty(), Optional.empty(), true, where);
        }
        if (named instanceof DeclaredType declared && declared.asElement() instanceof TypeElement type) {
            if (type.getQualifiedName().contentEquals(Names.EEVDF)) {
                return new SchedulerRef(Optional.empty(), Optional.empty(), false, where);
            }
            Optional<SchedulerModel> model = scheduler(type);
            Optional<String> wrong = model.isPresent()
                    ? Optional.empty()
                    : Optional.of(type.getQualifiedName().toString());
            return new SchedulerRef(model, wrong, false, where);
        }
        return new SchedulerRef(Optional.empty(), Optional.of(named.toString()), false, where);
    }

    private static Map<String, Attribute<?>> thresholds(Annotation a, Origin origin) {
        Map<String, Attribute<?>> found = new LinkedHashMap<>();
        CHECKS.forEach((name, type) -> a.written(name, type, origin).ifPresent(c -> found.put(name, c)));
        return found;
    }

    private static List<Attribute<?>> inOrder(Map<String, Attribute<?>> checks) {
        List<Attribute<?>> ordered = new ArrayList<>();
        for (String name : CHECKS.keySet()) {
            Attribute<?> check = checks.get(name);
            if (check != null) {
                ordered.add(check);
            }
        }
        return List.copyOf(ordered);
    }

    private static Attribute<Integer> dimension(SchedulerModel s, String name) {
        return s.topology().dimensions().get(TopologyModel.DIMENSIONS.indexOf(name));
    }

    private static TopologyModel topology(List<Attribute<Integer>> d) {
        return new TopologyModel(d.get(0), d.get(1), d.get(2), d.get(3));
    }

    private static List<String> values(List<Attribute<String>> attributes) {
        return attributes.stream().map(Attribute::value).toList();
    }

    private static Map<String, Class<?>> checks() {
        Map<String, Class<?>> checks = new LinkedHashMap<>();
        checks.put("notStarved", Boolean.class);
        checks.put("isolation", Boolean.class);
        checks.put("maxGapMs", Integer.class);
        checks.put("maxSpreadPct", Double.class);
        checks.put("maxThroughputCv", Double.class);
        checks.put("minWorkRate", Double.class);
        return Collections.unmodifiableMap(checks);
    }
}
