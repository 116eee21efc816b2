package dev.ktstr.it;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The samples' own sources, compiled with the processor as a user's build does it, for the lab to run on the {@code kvm}
 * backend. The same sources run on {@code qemu} as Maven projects in the same build, and have to pass there.
 */
final class LabSamples {
    /** Those whose tests need nothing but the scheduler: no programs of the distribution, no build of their own. */
    private static final List<String> NAMES = List.of("02-mixed-workloads", "04-tutorial");

    private LabSamples() {}

    /** Compiles them; gives a folder of classes for each, named as the sample. */
    static List<Path> compile(Path samples, Path to) throws IOException {
        List<Path> compiled = new ArrayList<>();
        for (String name : NAMES) {
            Path classes = to.resolve(name);
            compile(samples.resolve(name).resolve("src/test/java"), Files.createDirectories(classes), name);
            compiled.add(classes);
        }
        return compiled;
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
