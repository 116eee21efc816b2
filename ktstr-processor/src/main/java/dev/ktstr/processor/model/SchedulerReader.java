package dev.ktstr.processor.model;

import dev.ktstr.rules.Attribute;
import dev.ktstr.rules.Attributes;
import dev.ktstr.rules.FlagModel;
import dev.ktstr.rules.Origin;
import dev.ktstr.rules.SchedulerModel;
import dev.ktstr.rules.SchedulerModel.Setting;
import dev.ktstr.rules.Thresholds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.util.ElementFilter;

/** Reads types annotated {@code @Scheduler}, each once for its lifetime, which is a round. */
public final class SchedulerReader {
    /** The dimensions of a topology. */
    public static final List<String> DIMENSIONS = List.of("numaNodes", "llcs", "cores", "threads");

    /** The bounds on topologies that are numbers. */
    public static final List<String> LIMITS =
            List.of("minLlcs", "maxLlcs", "minCpus", "maxCpus", "minNumaNodes", "maxNumaNodes");

    /** The attributes that are strings. */
    public static final List<String> STRINGS = List.of(
            "name",
            "binary",
            "binaryPath",
            "constant",
            "cgroupParent",
            "configFile",
            "configFileArg",
            "configFileGuestPath");

    /** The attributes that are lists of strings. */
    public static final List<String> LISTS =
            List.of("kernelBuiltinEnable", "kernelBuiltinDisable", "schedArgs", "kernels", "kargs");

    private final Map<String, Optional<SchedulerUnit>> read = new HashMap<>();

    /** Reads a type annotated {@code @Scheduler}; empty when it is not. */
    public Optional<SchedulerUnit> scheduler(TypeElement type) {
        return read.computeIfAbsent(
                type.getQualifiedName().toString(),
                name -> Annotation.find(type, Names.SCHEDULER).map(a -> scheduler(type, a)));
    }

    private static SchedulerUnit scheduler(TypeElement type, Annotation a) {
        Attributes values = new Attributes();
        STRINGS.forEach(name -> values.put(a.read(name, String.class, Origin.SCHEDULER)));
        LISTS.forEach(name -> values.putList(a.list(name, Origin.SCHEDULER)));
        DIMENSIONS.forEach(name -> values.put(nested(a, "topology", name, Integer.class)));
        LIMITS.forEach(name -> values.put(nested(a, "constraints", name, Integer.class)));
        values.put(nested(a, "constraints", "requiresSmt", Boolean.class));
        a.nested("checks")
                .ifPresent(checks -> Thresholds.ALL.forEach(
                        (name, t) -> checks.written(name, t, Origin.SCHEDULER).ifPresent(values::put)));
        return new SchedulerUnit(
                type,
                new SchedulerModel(
                        "@Scheduler " + type.getSimpleName(),
                        type.getQualifiedName().toString(),
                        a.location(),
                        values,
                        definition(a),
                        a.nestedAll("sysctls").stream()
                                .flatMap(s -> setting(s).stream())
                                .toList(),
                        flags(type)));
    }

    /** Reads a value of an annotation that an attribute holds, else of the annotation that is the attribute's default. */
    private static <T> Attribute<T> nested(Annotation scheduler, String holder, String name, Class<T> type) {
        return scheduler
                .nested(holder)
                .flatMap(n -> n.written(name, type, Origin.SCHEDULER))
                .orElseGet(() -> {
                    Attribute<T> d = scheduler.defaultAnnotation(holder).read(name, type, Origin.DEFAULT);
                    return new Attribute<>(name, d.value(), Origin.DEFAULT, scheduler.location());
                });
    }

    private static String definition(Annotation a) {
        return from(a).map(type -> type.getQualifiedName() + "#"
                        + a.read("constant", String.class, Origin.SCHEDULER).value())
                .orElse("");
    }

    /** The class that {@code from} names, if it is written and exists. */
    public static Optional<TypeElement> from(TypeElement scheduler) {
        return Annotation.find(scheduler, Names.SCHEDULER).flatMap(SchedulerReader::from);
    }

    /** Where {@code from} is written. */
    public static Optional<Location> fromLocation(TypeElement scheduler) {
        return Annotation.find(scheduler, Names.SCHEDULER)
                .flatMap(a -> a.value("from").map(a::location));
    }

    private static Optional<TypeElement> from(Annotation a) {
        return a.value("from")
                .map(AnnotationValue::getValue)
                .filter(DeclaredType.class::isInstance)
                .map(t -> ((DeclaredType) t).asElement())
                .filter(TypeElement.class::isInstance)
                .map(TypeElement.class::cast);
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
                        field.getSimpleName().toString(),
                        Location.of(field),
                        flag.isPresent(),
                        flag.map(f -> f.strings("args", Origin.SCHEDULER).stream()
                                        .map(Attribute::value)
                                        .toList())
                                .orElse(List.of()),
                        flag.map(f -> f.strings("requires", Origin.SCHEDULER)).orElse(List.of())));
            }
        }
        return List.copyOf(flags);
    }
}
