package dev.ktstr.processor.write;

import dev.ktstr.processor.model.PayloadUnit;
import dev.ktstr.processor.model.SchedulerUnit;
import dev.ktstr.processor.model.TestUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The registry of a module: every scheduler, payload and test with all resolved values, in an order that depends on names
 * only. It can be read back, so that a compilation of some of the sources keeps what it knows of the others.
 */
public final class Registry {
    /** Where the registry lies on the class path. */
    public static final String PATH = "META-INF/ktstr/registry.json";

    private static final int SCHEMA = 2;

    /** By type; those of tests by class, in source order. */
    private final Map<String, Map<String, @Nullable Object>> schedulers = new TreeMap<>();

    private final Map<String, Map<String, @Nullable Object>> payloads = new TreeMap<>();
    private final Map<String, List<Map<String, @Nullable Object>>> tests = new TreeMap<>();
    private final Set<String> generated = new TreeSet<>();

    /** Adds a scheduler. */
    public void add(SchedulerUnit scheduler) {
        schedulers.put(scheduler.model().type(), RegistryWriter.scheduler(scheduler));
    }

    /** Adds a payload. */
    public void add(PayloadUnit payload) {
        payloads.put(payload.model().type(), RegistryWriter.payload(payload));
    }

    /** Puts the tests of a class. */
    public void put(String type, Collection<TestUnit> testsOfType) {
        tests.put(type, testsOfType.stream().map(RegistryWriter::test).toList());
    }

    /** Notes the name of a class that was generated. */
    public void addGenerated(String type) {
        generated.add(type);
    }

    /** Whether a class was generated, by this compilation or by an earlier one. */
    public boolean isGenerated(String type) {
        return generated.contains(type);
    }

    /** Whether nothing is in it. */
    public boolean isEmpty() {
        return schedulers.isEmpty() && payloads.isEmpty() && tests.isEmpty();
    }

    /** Classes that have tests. */
    public List<String> testClasses() {
        return List.copyOf(tests.keySet());
    }

    /** Types that are schedulers. */
    public List<String> schedulerTypes() {
        return List.copyOf(schedulers.keySet());
    }

    /** Types that are payloads. */
    public List<String> payloadTypes() {
        return List.copyOf(payloads.keySet());
    }

    /** Whether any test of a class names this scheduler. */
    public boolean usesScheduler(String testClass, Predicate<String> scheduler) {
        return tests.getOrDefault(testClass, List.of()).stream()
                .anyMatch(t -> t.get("scheduler") instanceof String type && scheduler.test(type));
    }

    /** Takes over what {@code earlier} has of types that {@code keep} accepts and that are not here. */
    public void keepFrom(Registry earlier, Predicate<String> keep) {
        earlier.schedulers.forEach((type, json) -> keepOne(schedulers, type, json, keep));
        earlier.payloads.forEach((type, json) -> keepOne(payloads, type, json, keep));
        earlier.tests.forEach((type, json) -> keepOne(tests, type, json, keep));
        earlier.generated.stream().filter(keep).forEach(generated::add);
    }

    private static <T> void keepOne(Map<String, T> all, String type, T json, Predicate<String> keep) {
        if (!all.containsKey(type) && keep.test(type)) {
            all.put(type, json);
        }
    }

    /** Returns the file's text. */
    public String text() {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("schema", SCHEMA);
        root.put("schedulers", byName(schedulers));
        root.put("payloads", byName(payloads));
        root.put("tests", tests.values().stream().flatMap(List::stream).toList());
        root.put("generated", List.copyOf(generated));
        return Json.write(root);
    }

    private static List<Map<String, @Nullable Object>> byName(Map<String, Map<String, @Nullable Object>> byType) {
        List<Map<String, @Nullable Object>> sorted = new ArrayList<>(byType.values());
        sorted.sort((a, b) -> String.valueOf(a.get("name")).compareTo(String.valueOf(b.get("name"))));
        return sorted;
    }

    /**
     * Reads a registry that this version wrote.
     *
     * @throws IllegalArgumentException when the text is something else
     */
    public static Registry parse(String text) {
        if (!(JsonReader.read(text) instanceof Map<?, ?> root)
                || !Long.valueOf(SCHEMA).equals(root.get("schema"))) {
            throw new IllegalArgumentException("it is not a registry of schema " + SCHEMA);
        }
        Registry registry = new Registry();
        objects(root, "schedulers", s -> registry.schedulers.put(name(s, "type"), s));
        objects(root, "payloads", p -> registry.payloads.put(name(p, "type"), p));
        objects(
                root,
                "tests",
                t -> registry.tests
                        .computeIfAbsent(name(t, "class"), c -> new ArrayList<>())
                        .add(t));
        if (root.get("generated") instanceof List<?> names) {
            names.forEach(n -> registry.generated.add(String.valueOf(n)));
        }
        return registry;
    }

    private static void objects(Map<?, ?> root, String key, Consumer<Map<String, @Nullable Object>> each) {
        if (!(root.get(key) instanceof List<?> list)) {
            throw new IllegalArgumentException("it has no list " + key);
        }
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException("its list " + key + " holds something that is no object");
            }
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((k, v) -> copy.put(String.valueOf(k), v));
            each.accept(copy);
        }
    }

    private static String name(Map<String, @Nullable Object> json, String key) {
        if (json.get(key) instanceof String name) {
            return name;
        }
        throw new IllegalArgumentException("it has an entry without " + key);
    }
}
