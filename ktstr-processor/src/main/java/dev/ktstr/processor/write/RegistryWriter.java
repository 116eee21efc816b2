package dev.ktstr.processor.write;

import dev.ktstr.processor.model.Gauntlet;
import dev.ktstr.processor.model.PayloadUnit;
import dev.ktstr.processor.model.SchedulerReader;
import dev.ktstr.processor.model.SchedulerUnit;
import dev.ktstr.processor.model.TestUnit;
import dev.ktstr.rules.Attribute;
import dev.ktstr.rules.Attributes;
import dev.ktstr.rules.FlagModel;
import dev.ktstr.rules.SchedulerModel;
import dev.ktstr.rules.TestModel.MapWrite;
import dev.ktstr.rules.TestModel.PayloadRef;
import dev.ktstr.rules.Thresholds;
import dev.ktstr.spec.FlagProfile;
import dev.ktstr.spec.SchedulerFlag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts schedulers, payloads and tests into the form that the registry has them in. */
final class RegistryWriter {
    private static final List<String> NUMBERS =
            List.of("memoryMb", "watchdogTimeoutS", "durationS", "workersPerCgroup");
    private static final List<String> SWITCHES =
            List.of("autoRepro", "performanceMode", "noPerfMode", "hostOnly", "ignore", "expectErr");
    private static final List<String> TEXTS =
            List.of("config", "expectScxBpfErrorContains", "expectScxBpfErrorMatches", "postVm");

    private RegistryWriter() {}

    static Map<String, @Nullable Object> scheduler(SchedulerUnit unit) {
        SchedulerModel s = unit.model();
        Attributes v = s.values();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", s.name());
        json.put("type", s.type());
        json.put("definition", orNull(s.definition()));
        text(json, v, "binary", "binaryPath");
        json.put("kernelBuiltin", builtin(v));
        json.put("schedArgs", v.texts("schedArgs"));
        json.put("kernels", v.texts("kernels"));
        Map<String, String> sysctls = new LinkedHashMap<>();
        s.sysctls().forEach(setting -> sysctls.put(setting.key().value(), setting.value()));
        json.put("sysctls", sysctls);
        json.put("kargs", v.texts("kargs"));
        text(json, v, "cgroupParent", "configFile", "configFileArg", "configFileGuestPath");
        json.put("topology", plain(v, SchedulerReader.DIMENSIONS));
        Map<String, @Nullable Object> constraints = plain(v, SchedulerReader.LIMITS);
        constraints.put("requiresSmt", v.bool("requiresSmt").value());
        json.put("constraints", constraints);
        json.put("checks", plain(v, List.copyOf(Thresholds.ALL.keySet())));
        json.put("flags", s.flags().stream().map(RegistryWriter::flag).toList());
        return json;
    }

    private static @Nullable Object builtin(Attributes v) {
        if (v.texts("kernelBuiltinEnable").isEmpty()) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("enable", v.texts("kernelBuiltinEnable"));
        json.put("disable", v.texts("kernelBuiltinDisable"));
        return json;
    }

    private static Map<String, @Nullable Object> flag(FlagModel model) {
        SchedulerFlag flag = model.flag();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", flag.name());
        json.put("constant", model.constant());
        json.put("args", flag.args());
        json.put("requires", flag.requires());
        return json;
    }

    static Map<String, @Nullable Object> payload(PayloadUnit unit) {
        Attributes v = unit.model().values();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", unit.model().name());
        json.put("type", unit.model().type());
        json.put("binary", v.string("binary").value());
        json.put("defaultArgs", v.texts("defaultArgs"));
        json.put("output", v.string("output").value());
        json.put(
                "metrics",
                unit.model().metrics().stream()
                        .map(m -> {
                            Map<String, @Nullable Object> metric = new LinkedHashMap<>();
                            metric.put("name", m.name().value());
                            metric.put("polarity", m.polarity());
                            metric.put("unit", m.unit());
                            return metric;
                        })
                        .toList());
        json.put(
                "checks",
                unit.model().checks().stream()
                        .map(c -> {
                            Map<String, @Nullable Object> check = new LinkedHashMap<>();
                            check.put("metric", c.metric().value());
                            check.put("min", finiteOrNull(c.min().value()));
                            check.put("max", finiteOrNull(c.max().value()));
                            return check;
                        })
                        .toList());
        json.put("includeFiles", v.texts("includeFiles"));
        return json;
    }

    private static @Nullable Double finiteOrNull(double limit) {
        return Double.isInfinite(limit) ? null : limit;
    }

    static Map<String, @Nullable Object> test(TestUnit t) {
        Attributes v = t.model().values();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", t.id());
        json.put("class", t.type().getQualifiedName().toString());
        json.put("method", t.name());
        json.put("scheduler", orNull(t.schedulerType()));
        json.put("topology", values(v, SchedulerReader.DIMENSIONS));
        json.putAll(values(v, NUMBERS));
        json.put("memoryNodes", v.texts("memoryNodes"));
        json.put("extraSchedArgs", v.texts("extraSchedArgs"));
        json.put("payload", payloads(t, "payload").stream().findFirst().orElse(null));
        json.put("workloads", payloads(t, "workloads"));
        json.put("requiredFlags", Gauntlet.names(v, "requiredFlags"));
        json.put("excludedFlags", Gauntlet.names(v, "excludedFlags"));
        Map<String, Object> constraints = values(v, SchedulerReader.LIMITS);
        constraints.putAll(values(v, List.of("requiresSmt")));
        json.put("constraints", constraints);
        SWITCHES.forEach(name -> json.put(name, v.bool(name).value()));
        TEXTS.forEach(name -> text(json, v, name));
        json.put(
                "bpfMapWrite",
                t.model().mapWrites().stream().map(RegistryWriter::mapWrite).toList());
        json.put("numSnapshots", v.integer("numSnapshots").value());
        json.put("tags", t.name().startsWith("demo") ? List.of("demo") : List.of());
        json.put("checks", values(v, List.copyOf(Thresholds.ALL.keySet())));
        json.put("gauntlet", gauntlet(t));
        return json;
    }

    private static List<String> payloads(TestUnit t, String attribute) {
        return t.model().payloads().stream()
                .filter(p -> p.attribute().equals(attribute))
                .map(PayloadRef::type)
                .toList();
    }

    private static Map<String, @Nullable Object> mapWrite(MapWrite write) {
        Attribute<String> variable = write.values().string("variable");
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("map", write.values().string("map").value());
        json.put("variable", orNull(variable.value()));
        json.put(
                "offset",
                variable.value().isEmpty() ? write.values().integer("offset").value() : null);
        json.put("value", write.value().value());
        return json;
    }

    private static Map<String, @Nullable Object> gauntlet(TestUnit t) {
        Gauntlet gauntlet = Gauntlet.of(t.model());
        List<SchedulerFlag> flags = Gauntlet.flags(t.model());
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("presets", gauntlet.presets());
        json.put(
                "profiles",
                gauntlet.profiles().stream().map(p -> profile(p, flags)).toList());
        return json;
    }

    private static Map<String, @Nullable Object> profile(FlagProfile profile, List<SchedulerFlag> flags) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", profile.name());
        json.put("flags", profile.flags());
        json.put("args", profile.args(flags));
        return json;
    }

    /** The named attributes that are there, each with its origin. */
    private static Map<String, Object> values(Attributes attributes, List<String> names) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (String name : names) {
            attributes.find(name).ifPresent(a -> {
                Map<String, Object> value = new LinkedHashMap<>();
                value.put("value", a.value());
                value.put("from", a.origin().json());
                json.put(name, value);
            });
        }
        return json;
    }

    private static Map<String, @Nullable Object> plain(Attributes attributes, List<String> names) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        names.forEach(name -> attributes.find(name).ifPresent(a -> json.put(name, a.value())));
        return json;
    }

    private static void text(Map<String, @Nullable Object> json, Attributes v, String... names) {
        for (String name : names) {
            json.put(name, orNull(v.string(name).value()));
        }
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
