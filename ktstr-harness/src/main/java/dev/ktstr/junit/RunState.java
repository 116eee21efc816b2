package dev.ktstr.junit;

import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.OptionNames;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.select.Selection;
import dev.ktstr.select.Shard;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Function;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.engine.discovery.NestedClassSelector;
import org.junit.platform.engine.discovery.NestedMethodSelector;
import org.junit.platform.engine.discovery.UniqueIdSelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * What discovery found out and execution needs, for the run that this JVM is doing. JUnit gives the launcher's side (filters
 * and listeners) and the engine's side (extensions) no other place to meet.
 */
final class RunState {
    private static final Map<ClassLoader, Registry> REGISTRIES = new WeakHashMap<>();
    private static final List<Class<? extends DiscoverySelector>> NAMING = List.of(
            ClassSelector.class,
            NestedClassSelector.class,
            MethodSelector.class,
            NestedMethodSelector.class,
            UniqueIdSelector.class);

    /** Set by surefire and failsafe in the JVM they start (their class path), and by Gradle's workers. */
    private static final List<String> BATCH =
            List.of("surefire.test.class.path", "surefire.real.class.path", "org.gradle.test.worker");

    private static List<PostDiscoveryFilter> filters = List.of();
    private static boolean namesTests;
    private static Wanted wanted = Wanted.of(List.of(), Optional.empty());
    private static String selectionKey = "";
    private static Optional<Selection> selection = Optional.empty();
    private static String kernelsKey = "";
    private static Optional<KernelsInForce> kernels = Optional.empty();
    private static Function<Options, KernelsInForce> finder = KernelsInForce::find;
    private static String said = "";
    private static boolean misspeltSaid;

    private RunState() {}

    /** A request begins. */
    static synchronized void begin(LauncherDiscoveryRequest request) {
        sayMisspelt();
        filters = List.copyOf(request.getPostDiscoveryFilters());
        wanted = Wanted.of(filters, Options.ofProcess().get("groups"));
        List<DiscoverySelector> selectors = request.getSelectorsByType(DiscoverySelector.class);
        namesTests = !selectors.isEmpty()
                && selectors.stream().allMatch(RunState::isOfATest)
                && (!isBatch() || System.getProperty("it.test", System.getProperty("test")) != null);
    }

    private static void sayMisspelt() {
        if (!misspeltSaid) {
            misspeltSaid = true;
            OptionNames.misspelt(
                            System.getProperties().stringPropertyNames(),
                            System.getenv().keySet())
                    .forEach(line -> System.out.println("ktstr: " + line));
        }
    }

    private static boolean isOfATest(DiscoverySelector selector) {
        return NAMING.stream().anyMatch(type -> type.isInstance(selector));
    }

    /** Whether a build tool runs all tests of a module, naming each class to JUnit itself; it says so in properties. */
    private static boolean isBatch() {
        return BATCH.stream().anyMatch(name -> System.getProperty(name) != null);
    }

    /** Whether the request names classes or methods, and a person did so. */
    static synchronized boolean namesTests() {
        return namesTests;
    }

    /** Whether the request's own filters leave a test in. */
    static synchronized boolean passesFilters(TestDescriptor descriptor) {
        return filters.stream().allMatch(f -> f.apply(descriptor).included());
    }

    static synchronized Wanted wanted() {
        return wanted;
    }

    static synchronized void want(Wanted more) {
        wanted = more;
    }

    static synchronized Registry registry(ClassLoader loader) {
        return REGISTRIES.computeIfAbsent(loader, Registry::load);
    }

    /** The kernels in force; found again when the option has changed. */
    static synchronized KernelsInForce kernels(Options options) {
        String key = options.get("kernel").orElse("") + " "
                + options.get("cache.dir").orElse("");
        if (kernels.isEmpty() || !key.equals(kernelsKey)) {
            kernels = Optional.of(finder.apply(options));
            kernelsKey = key;
        }
        return kernels.get();
    }

    /**
     * What the budget and the shard leave; empty when neither is set. Says on standard output what they leave out, once.
     *
     * @throws dev.ktstr.run.RunException when an option is wrong
     * @throws dev.ktstr.kernel.KernelException when a kernel in force is not there
     */
    static synchronized Optional<Selection> selection(Options options, ClassLoader loader) {
        if (!Selection.narrows(options)) {
            return Optional.empty();
        }
        String key = String.join(
                "\n",
                options.get("budget").orElse(""),
                Shard.of(options).toString(),
                options.get("costs").orElse(""),
                options.get("kernel").orElse(""),
                wanted.key());
        if (selection.isEmpty() || !key.equals(selectionKey)) {
            selection = Optional.of(new Project(loader, kernels(options), options, Path.of("")).select(wanted));
            selectionKey = key;
            say(String.join("\n", selection.get().summary()));
        }
        return selection;
    }

    /** Has kernels found in another way; what was found is forgotten. For tests of this package. */
    static synchronized void findKernelsWith(Function<Options, KernelsInForce> other) {
        finder = other;
        kernels = Optional.empty();
        selection = Optional.empty();
    }

    private static void say(String text) {
        if (!text.equals(said)) {
            said = text;
            System.out.println("ktstr: " + text);
        }
    }
}
