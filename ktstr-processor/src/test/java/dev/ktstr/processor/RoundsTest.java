package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.CompilationSubject;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import dev.ktstr.processor.write.Registry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Filer;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other processors in the same compilation, types that do not exist, and schedulers that come from a library. */
class RoundsTest {
    private static final String SCHEDULER = """
            package acme;

            @dev.ktstr.annotations.Scheduler(
                    name = "elsewhere", binary = "b", topology = @dev.ktstr.annotations.Topology(llcs = 3))
            public enum Elsewhere {
                @dev.ktstr.annotations.Flag(args = "--zeta")
                ZETA,
                @dev.ktstr.annotations.Flag(args = "--alpha", requires = "ZETA")
                ALPHA
            }
            """;
    private static final String TEST = """
            package acme;

            class UsesElsewhere {
                @dev.ktstr.annotations.KtstrTest(scheduler = Elsewhere.class, cores = 4)
                void runs(dev.ktstr.Ctx ctx) {}

                @dev.ktstr.annotations.KtstrTest(durationS = DURATION)
                void other(dev.ktstr.Ctx ctx) {}
            }
            """;

    @Test
    void a_scheduler_that_another_processor_writes_is_found_in_the_next_round() throws IOException {
        Compilation compilation =
                compile(TEST.replace("DURATION", "1"), List.of(new KtstrProcessor(), new Writes(filer -> {
                    try (Writer w = filer.createSourceFile("acme.Elsewhere").openWriter()) {
                        w.write(SCHEDULER);
                    }
                })));

        CompilationSubject.assertThat(compilation).succeededWithoutWarnings();
        assertThat(registry(compilation))
                .contains("\"name\": \"elsewhere\"", "{\"value\": 3, \"from\": \"scheduler\"}");
    }

    @Test
    void a_scheduler_that_does_not_exist_hides_no_other_error_and_adds_none() {
        Compilation compilation = compile(TEST.replace("DURATION", "0"), List.of(new KtstrProcessor()));

        assertThat(compilation.errors())
                .extracting(d -> d.getMessage(Locale.ROOT).lines().findFirst().orElseThrow())
                .hasSize(2)
                .anyMatch(m -> m.contains("cannot find symbol"))
                .anyMatch(m -> m.startsWith("[KTSTR-204] durationS = 0 of other"));
    }

    @Test
    void a_scheduler_from_a_library_is_read_from_its_class_file(@TempDir Path library) throws IOException {
        Compilation compiledBefore =
                Compiler.javac().compile(JavaFileObjects.forSourceString("acme.Elsewhere", SCHEDULER));
        for (JavaFileObject file : compiledBefore.generatedFiles()) {
            Path target = library.resolve("acme")
                    .resolve(Path.of(file.getName()).getFileName().toString());
            Files.createDirectories(target.getParent());
            Files.write(target, file.openInputStream().readAllBytes());
        }
        List<File> classPath = new ArrayList<>(List.of(library.toFile()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            classPath.add(new File(entry));
        }

        Compilation compilation = Compiler.javac()
                .withProcessors(new KtstrProcessor())
                .withClasspath(classPath)
                .compile(sources(TEST.replace("DURATION", "1")));

        CompilationSubject.assertThat(compilation).succeededWithoutWarnings();
        String registry = registry(compilation);
        assertThat(registry).contains("{\"value\": 3, \"from\": \"scheduler\"}");
        assertThat(registry.indexOf("zeta"))
                .as("flags stay in declaration order")
                .isBetween(0, registry.indexOf("alpha"));
    }

    @Test
    void a_registry_that_cannot_be_written_is_an_error() {
        Compilation compilation = compile(
                TEST.replace("DURATION", "1").replace("Elsewhere.class", "dev.ktstr.annotations.Eevdf.class"),
                List.of(
                        new Writes(filer -> filer.createResource(StandardLocation.CLASS_OUTPUT, "", Registry.PATH)
                                .openWriter()
                                .close()),
                        new KtstrProcessor()));

        assertThat(compilation.errors())
                .extracting(d -> d.getMessage(Locale.ROOT))
                .singleElement()
                .asString()
                .startsWith("[KTSTR-601] could not write META-INF/ktstr/registry.json: ");
    }

    private static Compilation compile(String test, List<Processor> processors) {
        return Compiler.javac().withProcessors(processors).compile(sources(test));
    }

    private static List<JavaFileObject> sources(String test) {
        List<JavaFileObject> files =
                new ArrayList<>(List.of(JavaFileObjects.forSourceString("acme.UsesElsewhere", test)));
        for (Path stub : Golden.list(Golden.resources().resolve("stubs"))) {
            String text = Golden.read(stub);
            String name = text.substring(8, text.indexOf(';')) + ".";
            files.add(JavaFileObjects.forSourceString(
                    name + stub.getFileName().toString().replace(".java", ""), text));
        }
        return files;
    }

    private static String registry(Compilation compilation) throws IOException {
        return compilation
                .generatedFile(StandardLocation.CLASS_OUTPUT, Registry.PATH)
                .orElseThrow()
                .getCharContent(false)
                .toString();
    }

    /** A processor that writes something in the first round. */
    private static final class Writes extends AbstractProcessor {
        private interface Action {
            void run(Filer filer) throws IOException;
        }

        private final Action action;
        private boolean done;

        Writes(Action action) {
            this.action = action;
        }

        @Override
        public Set<String> getSupportedAnnotationTypes() {
            return Set.of("*");
        }

        @Override
        public SourceVersion getSupportedSourceVersion() {
            return SourceVersion.latestSupported();
        }

        @Override
        public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
            if (!done) {
                done = true;
                try {
                    action.run(processingEnv.getFiler());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return false;
        }
    }
}
