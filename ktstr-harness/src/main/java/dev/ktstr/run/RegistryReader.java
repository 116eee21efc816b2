package dev.ktstr.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ktstr.Assert;
import dev.ktstr.Threshold;
import dev.ktstr.payload.PayloadEntry;
import dev.ktstr.run.SchedulerEntry.KernelBuiltin;
import dev.ktstr.run.TestEntry.Expectation;
import dev.ktstr.run.TestEntry.Gauntlet;
import dev.ktstr.run.TestEntry.Profile;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import dev.ktstr.spec.TopologyLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads one registry. Keys that it does not know are passed over. */
final class RegistryReader {
    private final JsonNode root;
    private final Definitions definitions;
    private final Function<String, Optional<PayloadEntry>> elsewhere;
    private final Map<String, JsonNode> schedulers = new HashMap<>();
    private final Map<String, PayloadEntry> payloads = new HashMap<>();
    private final Map<String, SchedulerEntry> read = new HashMap<>();

    /** @param elsewhere the payloads of other registries, by type */
    RegistryReader(JsonNode root, ClassLoader loader, Function<String, Optional<PayloadEntry>> elsewhere) {
        this.root = root;
        this.elsewhere = elsewhere;
        this.definitions = new Definitions(loader);
        root.path("schedulers").forEach(node -> schedulers.put(node.path("type").asText(), node));
        root.path("payloads").forEach(node -> payloads.put(node.path("type").asText(), payload(node)));
    }

    /** The payloads by the type that declares them. */
    Map<String, PayloadEntry> payloads() {
        return payloads;
    }

    /** The tests by id, in order; each is read when it is asked for, as a definition that is computed may fail. */
    Map<String, Supplier<TestEntry>> tests() {
        Map<String, Supplier<TestEntry>> tests = new LinkedHashMap<>();
        root.path("tests").forEach(node -> tests.put(node.path("id").asText(), () -> test(node)));
        return tests;
    }

    /** The schedulers, in order; each is read when it is asked for, as tests are. */
    List<Supplier<DeclaredScheduler>> schedulers() {
        List<Supplier<DeclaredScheduler>> declared = new ArrayList<>();
        root.path("schedulers").forEach(node -> declared.add(() -> declared(node)));
        return declared;
    }

    /** What the registry has for a test that does nothing but load the scheduler is read as any other. */
    private DeclaredScheduler declared(JsonNode node) {
        String name = node.path("name").asText();
        ObjectNode alone = JsonNodeFactory.instance.objectNode();
        alone.put("id", "ktstr:verify#" + name)
                .put("class", "ktstr:verify")
                .put("method", name)
                .put("scheduler", node.path("type").asText());
        JsonNode limits = node.path("constraints");
        TopologyLimits standard = TopologyLimits.DEFAULT;
        return new DeclaredScheduler(
                scheduler(node.path("type").asText()).orElseThrow(),
                new TopologyLimits(
                        number(limits, "minLlcs", standard.minLlcs()),
                        number(limits, "maxLlcs", standard.maxLlcs()),
                        number(limits, "minCpus", standard.minCpus()),
                        number(limits, "maxCpus", standard.maxCpus()),
                        number(limits, "minNumaNodes", standard.minNumaNodes()),
                        number(limits, "maxNumaNodes", standard.maxNumaNodes()),
                        flag(limits, "requiresSmt")),
                test(alone));
    }

    private Optional<SchedulerEntry> scheduler(String type) {
        JsonNode node = schedulers.get(type);
        if (node == null) {
            return Optional.empty();
        }
        SchedulerEntry known = read.get(type);
        if (known == null) {
            SchedulerEntry written = written(node);
            known = text(node, "definition")
                    .map(reference -> definitions.complete(written, reference))
                    .orElse(written);
            read.put(type, known);
        }
        return Optional.of(known);
    }

    private static SchedulerEntry written(JsonNode node) {
        Map<String, String> sysctls = new LinkedHashMap<>();
        node.path("sysctls")
                .properties()
                .forEach(e -> sysctls.put(e.getKey(), e.getValue().asText()));
        JsonNode builtin = node.path("kernelBuiltin");
        return new SchedulerEntry(
                node.path("name").asText(),
                text(node, "binary"),
                text(node, "binaryPath"),
                builtin.isObject()
                        ? Optional.of(
                                new KernelBuiltin(strings(builtin.path("enable")), strings(builtin.path("disable"))))
                        : Optional.empty(),
                strings(node.path("schedArgs")),
                strings(node.path("kernels")),
                sysctls,
                strings(node.path("kargs")),
                text(node, "cgroupParent"),
                text(node, "configFile"),
                text(node, "configFileArg"),
                text(node, "configFileGuestPath"));
    }

    private static PayloadEntry payload(JsonNode node) {
        List<PayloadEntry.Metric> metrics = new ArrayList<>();
        node.path("metrics")
                .forEach(m -> metrics.add(new PayloadEntry.Metric(
                        m.path("name").asText(),
                        m.path("polarity").asText("UNKNOWN"),
                        m.path("unit").asText(""))));
        List<PayloadEntry.Check> checks = new ArrayList<>();
        node.path("checks")
                .forEach(c -> checks.add(
                        new PayloadEntry.Check(c.path("metric").asText(), limit(c.path("min")), limit(c.path("max")))));
        return new PayloadEntry(
                node.path("name").asText(),
                node.path("type").asText(),
                node.path("binary").asText(),
                strings(node.path("defaultArgs")),
                node.path("output").asText().equals("JSON"),
                metrics,
                checks,
                strings(node.path("includeFiles")));
    }

    private static OptionalDouble limit(JsonNode value) {
        return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
    }

    private TestPayloads payloads(JsonNode test) {
        return new TestPayloads(
                text(test, "payload").map(type -> payload(test, type)),
                strings(test.path("workloads")).stream()
                        .map(type -> payload(test, type))
                        .toList());
    }

    private PayloadEntry payload(JsonNode test, String type) {
        return Optional.ofNullable(payloads.get(type))
                .or(() -> elsewhere.apply(type))
                .orElseThrow(
                        () -> RunException.setup(
                                "resolve",
                                "test '" + test.path("id").asText() + "' names the payload " + type
                                        + ", which is in no "
                                        + Registry.RESOURCE
                                        + ". Hint: compile the module that declares it with ktstr-processor as annotation processor."));
    }

    private TestEntry test(JsonNode node) {
        JsonNode topology = node.path("topology");
        Assert fromScheduler = Assert.NO_OVERRIDES;
        Assert fromTest = Assert.NO_OVERRIDES;
        List<Pending> pending = new ArrayList<>();
        for (var check : node.path("checks").properties()) {
            Optional<Threshold> threshold = Threshold.byAttribute(check.getKey());
            JsonNode value = check.getValue().path("value");
            if (threshold.isEmpty()) {
                if (!value.isBoolean() || value.asBoolean()) {
                    pending.add(Pending.check(check.getKey()));
                }
                continue;
            }
            double number = value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asDouble();
            if (check.getValue().path("from").asText().equals("scheduler")) {
                fromScheduler = fromScheduler.with(threshold.get(), number);
            } else {
                fromTest = fromTest.with(threshold.get(), number);
            }
        }
        return new TestEntry(
                node.path("id").asText(),
                node.path("class").asText(),
                node.path("method").asText(),
                scheduler(text(node, "scheduler").orElse("")),
                new CpuTopology(
                        number(topology, "numaNodes", 1),
                        number(topology, "llcs", 1),
                        number(topology, "cores", 2),
                        number(topology, "threads", 1)),
                number(node, "memoryMb", 2048),
                memory(node.path("memoryNodes")),
                number(node, "durationS", 12),
                number(node, "workersPerCgroup", 2),
                strings(node.path("extraSchedArgs")),
                text(node, "config"),
                new Expectation(
                        flag(node, "expectErr"),
                        text(node, "expectScxBpfErrorContains"),
                        text(node, "expectScxBpfErrorMatches")),
                flag(node, "ignore"),
                flag(node, "hostOnly"),
                flag(node, "performanceMode"),
                payloads(node),
                List.copyOf(pending),
                gauntlet(node.path("gauntlet")),
                fromScheduler,
                fromTest,
                watchdog(node.path("watchdogTimeoutS")),
                mapWrites(node.path("bpfMapWrite")),
                new TestEntry.After(number(node, "numSnapshots", 0), text(node, "postVm")));
    }

    private static Optional<NumaMemory> memory(JsonNode nodes) {
        return nodes.isEmpty() ? Optional.empty() : Optional.of(NumaMemory.parse(strings(nodes)));
    }

    private static TestEntry.Watchdog watchdog(JsonNode node) {
        return node.path("value").isNumber()
                ? new TestEntry.Watchdog(
                        node.path("value").asInt(), !node.path("from").asText().equals("default"))
                : TestEntry.Watchdog.DEFAULT;
    }

    private static List<TestEntry.MapWrite> mapWrites(JsonNode array) {
        List<TestEntry.MapWrite> writes = new ArrayList<>();
        array.forEach(node -> writes.add(new TestEntry.MapWrite(
                node.path("map").asText(),
                text(node, "variable"),
                number(node, "offset", 0),
                node.path("value").asLong())));
        return List.copyOf(writes);
    }

    private static Gauntlet gauntlet(JsonNode node) {
        List<Profile> profiles = new ArrayList<>();
        node.path("profiles")
                .forEach(profile -> profiles.add(new Profile(
                        profile.path("name").asText(), strings(profile.path("flags")), strings(profile.path("args")))));
        return new Gauntlet(
                strings(node.path("presets")), profiles.isEmpty() ? Gauntlet.NONE.profiles() : List.copyOf(profiles));
    }

    /** A number, alone or with its origin. */
    private static int number(JsonNode node, String key, int otherwise) {
        JsonNode value = plain(node.path(key));
        return value.isNumber() ? value.asInt() : otherwise;
    }

    private static boolean flag(JsonNode node, String key) {
        return plain(node.path(key)).asBoolean();
    }

    private static Optional<String> text(JsonNode node, String key) {
        JsonNode value = plain(node.path(key));
        return value.isTextual() && !value.asText().isEmpty() ? Optional.of(value.asText()) : Optional.empty();
    }

    private static JsonNode plain(JsonNode value) {
        return value.isObject() ? value.path("value") : value;
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return List.copyOf(values);
    }
}
