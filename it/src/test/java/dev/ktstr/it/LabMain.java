package dev.ktstr.it;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes inside the lab and tells {@link LabIT} by lines on the console. */
public final class LabMain {
    private static final Duration HANGS_AFTER = Duration.ofMinutes(2);

    private LabMain() {}

    /**
     * Runs them.
     *
     * @param classes names of test classes, or of single tests: {@code Class#method}
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
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(classes)
                        .map(name -> name.contains("#") ? selectMethod(name) : selectClass(name))
                        .toList())
                .build();
        LauncherFactory.create().execute(request, teller);
    }

    /** A test that hangs ends the lab, with the stacks of all threads. */
    private static void watch(Teller teller) {
        try {
            while (System.nanoTime() - teller.started < HANGS_AFTER.toNanos()) {
                Thread.sleep(1_000);
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
        private volatile long started = System.nanoTime();

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
                case FAILED -> "FAIL";
            };
            System.out.println("LAB " + word + " " + name(test) + " " + ms + " ms "
                    + result.getThrowable().map(t -> oneLine(String.valueOf(t))).orElse(""));
            if (word.equals("FAIL")) {
                failures.add(name(test) + ": " + result.getThrowable().orElse(null));
                result.getThrowable().ifPresent(t -> t.printStackTrace(System.out));
            }
        }

        private static String name(TestIdentifier test) {
            String id = test.getUniqueId();
            return id.substring(id.indexOf("[class:") + 1).replace("]/[", ".").replace("]", "");
        }

        private static String oneLine(String text) {
            return text.replace('\n', ' ').replace('\r', ' ');
        }
    }
}
