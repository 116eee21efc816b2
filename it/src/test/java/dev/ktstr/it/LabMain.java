package dev.ktstr.it;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes inside the lab and tells {@link LabIT} by lines on the console. */
public final class LabMain {
    private static final Duration HANGS_AFTER = Duration.ofMinutes(5);

    /** By these lines the lab knows whether its machine still runs at all. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /**
     * What the emulated processor lets down is done once more, and both are told: with two emulated CPUs one guest in fifty that had four
     * vCPUs or more ended in a triple fault before its first word (see {@link Lab}), with one none so far. A fault of ours that comes each
     * time is a failure, and so are more than these.
     */
    static final int MOST_AGAIN = 2;

    /** The sample of which the gauntlet is run, as its {@code invoker.properties} say, and nothing else. */
    private static final String GAUNTLET = "03-gauntlet";

    private LabMain() {}

    /**
     * Runs them.
     *
     * @param classes names of test classes, of single tests: {@code Class#method}, or of folders of compiled samples
     */
    public static void main(String[] classes) {
        Teller teller = new Teller();
        Thread watchdog = new Thread(() -> watch(teller), "lab-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        run(teller, classes);
        System.out.println("LAB END " + teller.ended.get() + " tests");
        System.exit(0);
    }

    /** Runs them in this JVM; the lines of those that failed. */
    static List<String> failures(String... classes) {
        Teller teller = new Teller();
        run(teller, classes);
        return List.copyOf(teller.failures);
    }

    private static void run(Teller teller, String... classes) {
        execute(
                teller,
                Arrays.stream(classes)
                        .filter(name -> !name.startsWith("/"))
                        .map(name -> name.contains("#") ? selectMethod(name) : selectClass(name))
                        .toList());
        Arrays.stream(classes).filter(name -> name.startsWith("/")).forEach(name -> runSample(teller, Path.of(name)));
    }

    private static void execute(Teller teller, List<? extends DiscoverySelector> tests) {
        launch(teller, tests);
        List<DiscoverySelector> again = teller.takeAgain();
        if (!again.isEmpty()) {
            teller.second = true;
            launch(teller, again);
            teller.second = false;
        }
    }

    private static void launch(Teller teller, List<? extends DiscoverySelector> tests) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request().selectors(tests).build();
        LauncherFactory.create().execute(request, teller);
    }

    /** Each sample has its own class loader: they all have a package {@code acme}. */
    private static void runSample(Teller teller, Path classes) {
        Thread here = Thread.currentThread();
        ClassLoader before = here.getContextClassLoader();
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {classes.toUri().toURL()}, LabMain.class.getClassLoader());
                Stream<Path> files = Files.walk(classes)) {
            here.setContextClassLoader(loader);
            List<String> names = files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith(classes.endsWith(GAUNTLET) ? "_GauntletIT.class" : "KtstrIT.class"))
                    .map(file -> file.replace(".class", "").replace('/', '.'))
                    .sorted()
                    .toList();
            if (names.isEmpty()) {
                teller.fail(classes + " has no generated tests");
            }
            for (String name : names) {
                execute(teller, List.of(selectClass(loader.loadClass(name))));
            }
        } catch (IOException | ClassNotFoundException e) {
            teller.fail(classes + ": " + e);
        } finally {
            here.setContextClassLoader(before);
        }
    }

    /** Says that the machine lives. A test that hangs ends the lab, with the stacks of all threads. */
    private static void watch(Teller teller) {
        try {
            while (System.nanoTime() - teller.started < HANGS_AFTER.toNanos()) {
                Thread.sleep(HEARTBEAT.toMillis());
                System.out.println("LAB ALIVE");
            }
        } catch (InterruptedException e) {
            return;
        }
        System.out.println("LAB FAIL the test that started last hangs; threads:");
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            System.out.println(thread);
            for (StackTraceElement frame : stack) {
                System.out.println("    " + frame);
            }
        });
        Runtime.getRuntime().halt(1);
    }

    /** Tells each end. */
    private static final class Teller implements TestExecutionListener {
        private final AtomicInteger ended = new AtomicInteger();
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final List<DiscoverySelector> again = new CopyOnWriteArrayList<>();
        private int times;
        private boolean second;
        private volatile long started = System.nanoTime();

        /** What is to be done once more. */
        List<DiscoverySelector> takeAgain() {
            List<DiscoverySelector> taken = List.copyOf(again);
            again.clear();
            return taken;
        }

        private boolean isToBeDoneAgain(TestIdentifier test) {
            if (second || times == MOST_AGAIN) {
                return false;
            }
            times++;
            again.add(selectUniqueId(test.getUniqueId()));
            return true;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            started = System.nanoTime();
            if (test.isTest()) {
                System.out.println("LAB START " + name(test));
            }
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            System.out.println("LAB SKIP " + name(test) + " " + oneLine(reason));
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            if (!test.isTest() && passed) {
                return;
            }
            ended.incrementAndGet();
            long ms = (System.nanoTime() - started) / 1_000_000;
            String word = switch (result.getStatus()) {
                case SUCCESSFUL -> "PASS";
                case ABORTED -> "SKIP";
                case FAILED -> isToBeDoneAgain(test) ? "AGAIN" : "FAIL";
            };
            System.out.println("LAB " + word + " " + name(test) + " " + ms + " ms "
                    + result.getThrowable().map(t -> oneLine(String.valueOf(t))).orElse(""));
            if (word.equals("FAIL")) {
                failures.add(name(test) + ": " + result.getThrowable().orElse(null));
            }
            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                result.getThrowable().ifPresent(t -> t.printStackTrace(System.out));
            }
        }

        void fail(String what) {
            System.out.println("LAB FAIL " + oneLine(what));
            failures.add(what);
        }

        private static String name(TestIdentifier test) {
            String id = test.getUniqueId();
            String name =
                    id.substring(id.indexOf("[class:") + 1).replace("]/[", ".").replace("]", "");
            return id.contains("-invocation:") ? name + " (" + oneLine(test.getDisplayName()) + ")" : name;
        }

        private static String oneLine(String text) {
            return text.replace('\n', ' ').replace('\r', ' ');
        }
    }
}
