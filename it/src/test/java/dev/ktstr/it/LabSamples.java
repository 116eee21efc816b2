package dev.ktstr.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The samples' own sources, compiled with the processor as a user's build does it, for the lab to run on the {@code kvm}
 * backend. The same sources run on {@code qemu} as Maven projects in the same build, and have to pass there.
 */
final class LabSamples {
    private static final List<String> ALWAYS = List.of("01-eevdf-skeleton", "02-mixed-workloads");

    /** What takes minutes, or programs of the distribution that are large to carry. */
    private static final List<String> FULL = List.of("03-gauntlet", "04-tutorial", "07-payloads", "08-custom-worker");

    private static final String HEADER = "/dev/ktstr/guest/include/ktstr_worker.h";

    private LabSamples() {}

    /**
     * A sample that can run.
     *
     * @param classes folder of its classes, named as the sample
     * @param files what its tests look for beside them, by its place in the sample's folder: made by its build, or sources
     * @param programs the distribution's that it runs
     */
    record Sample(Path classes, Map<String, Path> files, List<Path> programs) {
        String name() {
            return classes.getFileName().toString();
        }

        /** Whether its tests need nothing but the scheduler. */
        boolean runsAnywhere() {
            return files.isEmpty() && programs.isEmpty();
        }
    }

    /** Compiles them: all that have tests with {@code -Dktstr.full=true}. */
    static List<Sample> compile(Path samples, Path to) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(ALWAYS);
        if (Boolean.getBoolean("ktstr.full")) {
            names.addAll(FULL);
        }
        List<Sample> compiled = new ArrayList<>();
        for (String name : names) {
            Path sample = samples.resolve(name);
            Path classes = Files.createDirectories(to.resolve(name));
            compile(sample.resolve("src/test/java"), classes, name);
            compiled.add(
                    switch (name) {
                        case "07-payloads" -> payloads(sample, to, classes);
                        case "08-custom-worker" -> customWorker(sample, to, classes);
                        default -> new Sample(classes, Map.of(), List.of());
                    });
        }
        return compiled;
    }

    private static Sample payloads(Path sample, Path to, Path classes) throws IOException, InterruptedException {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("src/test/fio/reads.fio", sample.resolve("src/test/fio/reads.fio"));
        files.put("target/payloads/wakebench", gcc(to, sample.resolve("src/test/c/wakebench.c"), "-pthread"));
        return new Sample(classes, files, List.of(Path.of("/usr/bin/fio"), Path.of("/usr/bin/stress-ng")));
    }

    private static Sample customWorker(Path sample, Path to, Path classes) throws IOException, InterruptedException {
        try (InputStream header = LabSamples.class.getResourceAsStream(HEADER)) {
            if (header == null) {
                throw new IOException(HEADER + " is not in the class path");
            }
            Files.copy(header, to.resolve(Path.of(HEADER).getFileName()));
        }
        Path worker = gcc(to, sample.resolve("src/main/c/worker.c"), "-I" + to);
        return new Sample(classes, Map.of("target/worker", worker), List.of());
    }

    private static Path gcc(Path to, Path source, String option) throws IOException, InterruptedException {
        Path program = to.resolve(source.getFileName().toString().replace(".c", ""));
        Lab.command(
                to,
                "gcc",
                "-O2",
                "-Wall",
                option,
                "-o",
                program.toString(),
                source.toAbsolutePath().toString());
        return program;
    }

    private static void compile(Path sources, Path classes, String name) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> java =
                    all.filter(p -> p.toString().endsWith(".java")).sorted().toList();
            String path = System.getProperty("java.class.path");
            boolean done = javac.getTask(
                            said,
                            files,
                            null,
                            List.of("-d", classes.toString(), "-cp", path, "-processorpath", path, "--release", "17"),
                            null,
                            files.getJavaFileObjectsFromPaths(java))
                    .call();
            if (!done) {
                throw new IOException("the sample " + name + " does not compile: " + said);
            }
        }
    }
}
