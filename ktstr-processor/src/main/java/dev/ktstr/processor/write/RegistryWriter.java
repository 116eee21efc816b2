package dev.ktstr.processor.write;

import dev.ktstr.processor.model.Attribute;
import dev.ktstr.processor.model.FlagModel;
import dev.ktstr.processor.model.SchedulerModel;
import dev.ktstr.processor.model.TestModel;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the registry: every scheduler and test with all resolved values, in an order that depends on names only. */
public final class RegistryWriter {
    /** Where the registry lies on the class path. */
    public static final String PATH = "META-INF/ktstr/registry.json";

    private static final int SCHEMA = 1;

    private RegistryWriter() {}

    /**
     * Returns the registry's text.
     *
     * @param declared schedulers of this compilation; those that only tests name are added
     * @param tests all tests; those of one type in source order
     */
    public static String write(Collection<SchedulerModel> declared, Collection<TestModel> tests) {
        Map<String, SchedulerModel> schedulers = new LinkedHashMap<>();
        Stream.concat(declared.stream(), tests.stream().flatMap(t -> t.scheduler().model().stream()))
                .forEach(s -> schedulers.put(typeName(s), s));
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("schema", SCHEMA);
        root.put(
                "schedulers",
                schedulers.values().stream()
                        .sorted(Comparator.comparing(
                                        (SchedulerModel s) -> s.name().value())
                                .thenComparing(RegistryWriter::typeName))
                        .map(RegistryWriter::scheduler)
                        .toList());
        root.put(
                "tests",
                tests.stream()
                        .sorted(Comparator.comparing(
                                t -> t.type().getQualifiedName().toString()))
                        .map(RegistryWriter::test)
                        .toList());
        return Json.write(root);
    }

    private static Map<String, @Nullable Object> scheduler(SchedulerModel s) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", s.name().value());
        json.put("type", typeName(s));
        json.put("binary", orNull(s.binary().value()));
        json.put("binaryPath", orNull(s.binaryPath().value()));
        json.put("schedArgs", s.schedArgs());
        Map<String, String> sysctls = new LinkedHashMap<>();
        s.sysctls().forEach(setting -> sysctls.put(setting.key().value(), setting.value()));
        json.put("sysctls", sysctls);
        json.put("kargs", s.kargs().stream().map(Attribute::value).toList());
        json.put("flags", s.flags().stream().map(RegistryWriter::flag).toList());
        return json;
    }

    private static Map<String, @Nullable Object> flag(FlagModel flag) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", flag.name());
        json.put("constant", flag.constant());
        json.put("args", flag.args());
        json.put(
                "requires",
                flag.requires().stream().map(r -> FlagModel.kebab(r.value())).toList());
        return json;
    }

    private static Map<String, @Nullable Object> test(TestModel t) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", t.id());
        json.put("class", t.type().getQualifiedName().toString());
        json.put("method", t.name());
        json.put(
                "scheduler", t.scheduler().model().map(RegistryWriter::typeName).orElse(null));
        json.put("topology", values(t.topology().dimensions()));
        json.putAll(values(t.numbers()));
        json.put("extraSchedArgs", t.extraSchedArgs().value());
        json.put("expectErr", t.expectErr().value());
        json.put("ignore", t.ignore().value());
        json.put("checks", values(t.checks()));
        return json;
    }

    private static Map<String, Object> values(List<? extends Attribute<?>> attributes) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (Attribute<?> a : attributes) {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("value", a.value());
            value.put("from", a.origin().json());
            json.put(a.name(), value);
        }
        return json;
    }

    private static String typeName(SchedulerModel s) {
        return s.type().getQualifiedName().toString();
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
