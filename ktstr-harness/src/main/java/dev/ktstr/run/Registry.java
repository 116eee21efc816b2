package dev.ktstr.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.payload.PayloadEntry;
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
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What the annotation processor wrote: every test and scheduler with all values resolved. */
public final class Registry {
    /** Where the processor writes it in each module's classes. */
    public static final String RESOURCE = "META-INF/ktstr/registry.json";

    private static final int SCHEMA = 2;

    private final Map<String, Supplier<TestEntry>> tests = new LinkedHashMap<>();
    private final Map<String, TestEntry> read = new HashMap<>();
    private final List<Supplier<DeclaredScheduler>> schedulers = new ArrayList<>();
    private final Map<String, PayloadEntry> payloads = new HashMap<>();
    private final ClassLoader loader;

    private Registry(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Reads every registry that the class loader sees.
     *
     * @throws RunException when one cannot be read or is of a newer schema
     */
    public static Registry load(ClassLoader loader) {
        return read(loader, url -> true);
    }

    /**
     * Reads the registries of this project: those in folders. Where there is none, those in archives.
     *
     * @throws RunException when one cannot be read or is of a newer schema
     */
    public static Registry ofProject(ClassLoader loader) {
        Registry own = read(loader, url -> url.getProtocol().equals("file"));
        return own.tests.isEmpty() && own.schedulers.isEmpty() ? load(loader) : own;
    }

    private static Registry read(ClassLoader loader, Predicate<URL> wanted) {
        Registry registry = new Registry(loader);
        try {
            for (URL url : Collections.list(loader.getResources(RESOURCE))) {
                if (!wanted.test(url)) {
                    continue;
                }
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
        Registry registry = new Registry(Registry.class.getClassLoader());
        registry.add(root, "test");
        return registry;
    }

    /**
     * The entry of a test.
     *
     * @throws RunException when the registry has none, or its scheduler's definition is wrong
     */
    public synchronized TestEntry test(String id) {
        Supplier<TestEntry> entry = tests.get(id);
        if (entry == null) {
            throw RunException.setup(
                    "resolve",
                    "test '" + id + "' is not in " + RESOURCE + " (it has " + tests.size()
                            + " tests). The registry is stale. Hint: compile again, with ktstr-processor as annotation processor.");
        }
        TestEntry known = read.get(id);
        if (known == null) {
            known = entry.get();
            read.put(id, known);
        }
        return known;
    }

    /**
     * All tests, in the order of the registry.
     *
     * @throws RunException when a scheduler's definition is wrong
     */
    public List<TestEntry> tests() {
        return tests.keySet().stream().map(this::test).toList();
    }

    /**
     * All schedulers that are declared, whether a test has them or not, in the order of the registry.
     *
     * @throws RunException when one's definition is wrong
     */
    public List<DeclaredScheduler> schedulers() {
        return schedulers.stream().map(Supplier::get).toList();
    }

    /** The payload that a type declares; empty when no registry has it. */
    public Optional<PayloadEntry> payload(String type) {
        return Optional.ofNullable(payloads.get(type));
    }

    /** All payloads. */
    public List<PayloadEntry> payloads() {
        return List.copyOf(payloads.values());
    }

    private void add(JsonNode root, String where) {
        int schema = root.path("schema").asInt(-1);
        if (schema != SCHEMA) {
            throw RunException.setup(
                    "resolve",
                    where + " has schema " + schema + ", this harness reads " + SCHEMA
                            + ". Hint: use one version for ktstr-processor and ktstr-harness, and compile again.");
        }
        RegistryReader reader = new RegistryReader(root, loader, this::payload);
        tests.putAll(reader.tests());
        payloads.putAll(reader.payloads());
        schedulers.addAll(reader.schedulers());
    }
}
