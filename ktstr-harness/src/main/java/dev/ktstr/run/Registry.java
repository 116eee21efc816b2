package dev.ktstr.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.Assert;
import dev.ktstr.Threshold;
import dev.ktstr.spec.CpuTopology;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the annotation processor wrote: every test and scheduler with all values resolved. */
public final class Registry {
    /** Where the processor writes it in each module's classes. */
    public static final String RESOURCE = "META-INF/ktstr/registry.json";

    private static final int SCHEMA = 1;

    private final Map<String, TestEntry> tests = new LinkedHashMap<>();

    private Registry() {}

    /**
     * Reads every registry that the class loader sees.
     *
     * @throws RunException when one cannot be read or is of a newer schema
     */
    public static Registry load(ClassLoader loader) {
        Registry registry = new Registry();
        try {
            for (URL url : Collections.list(loader.getResources(RESOURCE))) {
                try (InputStream in = url.openStream()) {
                    registry.add(new ObjectMapper().readTree(in), url.toString());
                }
            }
        } catch (IOException e) {
            throw RunException.setup("resolve", new UncheckedIOException("reading " + RESOURCE + " failed: " + e, e));
        }
        return registry;
    }

    /** Reads one registry. */
    static Registry of(JsonNode root) {
        Registry registry = new Registry();
        registry.add(root, "test");
        return registry;
    }

    /**
     * The entry of a test.
     *
     * @throws RunException when the registry has none
     */
    public TestEntry test(String id) {
        TestEntry entry = tests.get(id);
        if (entry == null) {
            throw RunException.setup(
                    "resolve",
                    "test '" + id + "' is not in " + RESOURCE + " (it has " + tests.size()
                            + " tests). The registry is stale. Hint: compile again, with ktstr-processor as annotation processor.");
        }
        return entry;
    }

    private void add(JsonNode root, String where) {
        int schema = root.path("schema").asInt(-1);
        if (schema != SCHEMA) {
            throw RunException.setup(
                    "resolve",
                    where + " has schema " + schema + ", this harness reads " + SCHEMA
                            + ". Hint: use one version for ktstr-processor and ktstr-harness.");
        }
        Map<String, SchedulerEntry> schedulers = new HashMap<>();
        root.path("schedulers").forEach(node -> schedulers.put(node.path("type").asText(), scheduler(node)));
        root.path("tests").forEach(node -> {
            TestEntry entry = test(node, schedulers);
            tests.put(entry.id(), entry);
        });
    }

    private static SchedulerEntry scheduler(JsonNode node) {
        Map<String, String> sysctls = new LinkedHashMap<>();
        node.path("sysctls")
                .properties()
                .forEach(e -> sysctls.put(e.getKey(), e.getValue().asText()));
        return new SchedulerEntry(
                node.path("name").asText(),
                text(node, "binary"),
                text(node, "binaryPath"),
                strings(node.path("schedArgs")),
                sysctls,
                strings(node.path("kargs")));
    }

    private static TestEntry test(JsonNode node, Map<String, SchedulerEntry> schedulers) {
        JsonNode topology = node.path("topology");
        Assert fromScheduler = Assert.NO_OVERRIDES;
        Assert fromTest = Assert.NO_OVERRIDES;
        for (var check : node.path("checks").properties()) {
            Optional<Threshold> threshold = Threshold.byAttribute(check.getKey());
            if (threshold.isEmpty()) {
                throw RunException.setup("resolve", "the registry has an unknown check '" + check.getKey() + "'.");
            }
            JsonNode value = check.getValue().path("value");
            double number = value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asDouble();
            if (check.getValue().path("from").asText().equals("scheduler")) {
                fromScheduler = fromScheduler.with(threshold.get(), number);
            } else {
                fromTest = fromTest.with(threshold.get(), number);
            }
        }
        String scheduler = text(node, "scheduler").orElse("");
        return new TestEntry(
                node.path("id").asText(),
                node.path("class").asText(),
                node.path("method").asText(),
                Optional.ofNullable(schedulers.get(scheduler)),
                new CpuTopology(
                        number(topology, "numaNodes"),
                        number(topology, "llcs"),
                        number(topology, "cores"),
                        number(topology, "threads")),
                number(node, "memoryMb"),
                number(node, "durationS"),
                number(node, "workersPerCgroup"),
                strings(node.path("extraSchedArgs")),
                node.path("expectErr").asBoolean(),
                fromScheduler,
                fromTest);
    }

    private static int number(JsonNode node, String key) {
        return node.path(key).path("value").asInt();
    }

    private static Optional<String> text(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isTextual() && !value.asText().isEmpty() ? Optional.of(value.asText()) : Optional.empty();
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return values;
    }

    /** A scheduler: its name, where its program is found, how it is called, and what the guest is set to for it. */
    public record SchedulerEntry(
            String name,
            Optional<String> binary,
            Optional<String> binaryPath,
            List<String> args,
            Map<String, String> sysctls,
            List<String> kargs) {}

    /** A test with every value resolved. */
    public record TestEntry(
            String id,
            String className,
            String method,
            Optional<SchedulerEntry> scheduler,
            CpuTopology topology,
            int memoryMb,
            int durationS,
            int workersPerCgroup,
            List<String> extraSchedArgs,
            boolean expectErr,
            Assert schedulerChecks,
            Assert testChecks) {}
}
