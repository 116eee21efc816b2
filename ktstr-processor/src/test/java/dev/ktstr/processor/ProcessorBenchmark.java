package dev.ktstr.processor;

import dev.ktstr.processor.write.GauntletClassWriter;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Measures what the processor adds to a compilation: 100 tests that take all 24 presets, with 8 and with 48 flag profiles.
 * Every figure is printed beside that of javac alone on the same sources. Run it with
 *
 * <pre>
 * mvn -q -pl ktstr-processor test-compile exec:exec@benchmark
 * </pre>
 *
 * and with {@code -Dktstr.benchmark=forms} for what {@link GauntletClassWriter#MOST_METHODS} goes by: both forms of a gauntlet
 * class, from 1 to 48 profiles.
 */
final class ProcessorBenchmark {
    private static final int TESTS = 100;
    private static final int FORM_TESTS = 10;
    private static final int RUNS = 3;

    private ProcessorBenchmark() {}

    public static void main(String[] args) throws IOException {
        Path root = Files.createTempDirectory("ktstr-benchmark");
        try {
            if (List.of(args).contains("forms")) {
                compareForms(root);
                return;
            }
            for (int flags : new int[] {3, 6}) {
                measure(Files.createDirectories(root.resolve("flags" + flags)), flags);
            }
        } finally {
            try (Stream<Path> all = Files.walk(root)) {
                all.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
            }
        }
    }

    private static void measure(Path root, int flags) throws IOException {
        List<Path> sources = new ArrayList<>(Golden.list(Golden.resources().resolve("stubs")));
        Path file = root.resolve("Many.java");
        Files.writeString(file, source(flags, TESTS));
        sources.add(file);
        for (int run = 1; run <= RUNS; run++) {
            long plain = compile(root.resolve("plain" + run), sources, null);
            Timed timed = new Timed(GauntletClassWriter.MOST_METHODS);
            long whole = compile(root.resolve("processed" + run), sources, timed);
            System.out.printf(
                    "%d tests x 24 presets x %d profiles, run %d: javac alone %d ms; with the processor %d ms, of which"
                            + " the processor %d ms; peak heap %d MB%n",
                    TESTS, flags == 3 ? 8 : 48, run, plain, whole, timed.nanos / 1_000_000, peakMb());
        }
    }

    /** What a method per variant costs against a method per preset, for each number of profiles. */
    private static void compareForms(Path root) throws IOException {
        compareForms(root.resolve("warm-up"), 3, 8, false);
        for (int[] flagsAndProfiles : new int[][] {{0, 1}, {1, 2}, {3, 8}, {6, 48}}) {
            compareForms(root.resolve("flags" + flagsAndProfiles[0]), flagsAndProfiles[0], flagsAndProfiles[1], true);
        }
    }

    private static void compareForms(Path root, int flags, int profiles, boolean print) throws IOException {
        Files.createDirectories(root);
        List<Path> sources = new ArrayList<>(Golden.list(Golden.resources().resolve("stubs")));
        Path file = Files.writeString(root.resolve("Many.java"), source(flags, FORM_TESTS));
        sources.add(file);
        for (int limit : new int[] {Integer.MAX_VALUE, 0}) {
            List<Long> times = new ArrayList<>();
            long peak = 0;
            Path output = root;
            for (int run = 1; run <= RUNS; run++) {
                output = root.resolve("limit" + limit + "-" + run);
                times.add(compile(output, sources, new Timed(limit)));
                peak = Math.max(peak, peakMb());
            }
            if (print) {
                System.out.printf(
                        "%d tests x 24 presets x %d profiles, a method per %s: %d ms (median of %d), peak heap %d MB,"
                                + " %d KB of gauntlet classes%n",
                        FORM_TESTS,
                        profiles,
                        limit == 0 ? "preset" : "variant",
                        times.stream().sorted().toList().get(RUNS / 2),
                        RUNS,
                        peak,
                        gauntletBytes(output) >> 10);
            }
        }
    }

    private static long gauntletBytes(Path output) throws IOException {
        try (Stream<Path> all = Files.walk(output)) {
            return all.filter(f ->
                            f.toString().contains("_GauntletIT") && f.toString().endsWith(".class"))
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
    }

    private static String source(int flags, int tests) {
        StringBuilder text = new StringBuilder("""
                package acme;
                import dev.ktstr.*;
                import dev.ktstr.annotations.*;
                @Scheduler(name = "s", binary = "b")
                enum Sched {
                """);
        for (int i = 0; i < flags; i++) {
            text.append(" @Flag(args = \"--f").append(i).append('"');
            text.append(flags == 6 && i == 5 ? ", requires = \"F0\"" : "")
                    .append(") F")
                    .append(i)
                    .append(",\n");
        }
        text.append("}\nclass Many {\n");
        for (int i = 0; i < tests; i++) {
            text.append(
                            " @KtstrTest(scheduler = Sched.class, maxLlcs = 15, maxCpus = 252, maxNumaNodes = 4)\n void test")
                    .append(i)
                    .append("(Ctx ctx) {}\n");
        }
        return text.append("}\n").toString();
    }

    private static long compile(Path output, List<Path> sources, @Nullable Processor processor) throws IOException {
        Files.createDirectories(output);
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        resetPeak();
        long start = System.nanoTime();
        try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
            List<String> options =
                    new ArrayList<>(List.of("-d", output.toString(), "-cp", System.getProperty("java.class.path")));
            if (processor == null) {
                options.add("-proc:none");
            }
            JavaCompiler.CompilationTask task = javac.getTask(
                    Writer.nullWriter(), manager, null, options, null, manager.getJavaFileObjectsFromPaths(sources));
            if (processor != null) {
                task.setProcessors(List.of(processor));
            }
            if (!task.call()) {
                throw new IllegalStateException("the sources do not compile");
            }
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static void resetPeak() {
        System.gc();
        heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    private static long peakMb() {
        return heapPools().mapToLong(p -> p.getPeakUsage().getUsed()).sum() >> 20;
    }

    private static Stream<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(p -> p.getType() == MemoryType.HEAP);
    }

    /** The processor, and the time that passes in it. */
    private static final class Timed extends AbstractProcessor {
        private final KtstrProcessor processor;
        private long nanos;

        private Timed(int mostMethods) {
            processor = new KtstrProcessor(mostMethods);
        }

        @Override
        public synchronized void init(ProcessingEnvironment environment) {
            super.init(environment);
            processor.init(environment);
        }

        @Override
        public Set<String> getSupportedAnnotationTypes() {
            return processor.getSupportedAnnotationTypes();
        }

        @Override
        public SourceVersion getSupportedSourceVersion() {
            return processor.getSupportedSourceVersion();
        }

        @Override
        public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
            long start = System.nanoTime();
            processor.process(annotations, round);
            nanos += System.nanoTime() - start;
            return false;
        }
    }
}
