package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.processor.write.Registry;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A project in a folder: sources, and an output folder that stays from one compilation to the next. */
final class Folder {
    private final Path sources;
    private final Path classes;
    private final Path generated;

    Folder(Path root) throws IOException {
        sources = Files.createDirectories(root.resolve("src"));
        classes = Files.createDirectories(root.resolve("classes"));
        generated = Files.createDirectories(root.resolve("generated"));
    }

    Path classes() {
        return classes;
    }

    Path generated() {
        return generated;
    }

    Path write(String name, String text) throws IOException {
        return write(name, text, StandardCharsets.UTF_8);
    }

    Path write(String name, String text, Charset encoding) throws IOException {
        Path file = sources.resolve(name + ".java");
        return Files.writeString(file, text, encoding);
    }

    /** Compiles the stubs, without any processor. */
    Folder withStubs() {
        assertThat(compile(List.of(), Golden.list(Golden.resources().resolve("stubs"))))
                .isEmpty();
        return this;
    }

    /** Compiles with the processor; returns what the compiler printed. */
    String compile(Path... files) {
        return compile(List.of(new KtstrProcessor()), List.of(files));
    }

    String compile(List<Processor> processors, List<Path> files, String... more) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter printed = new StringWriter();
        try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options = new ArrayList<>(List.of(
                    "-d",
                    classes.toString(),
                    "-s",
                    generated.toString(),
                    "-cp",
                    classes + File.pathSeparator + System.getProperty("java.class.path"),
                    "-Xlint:all,-processing,-auxiliaryclass,-path",
                    "-implicit:none"));
            options.addAll(List.of(more));
            if (processors.isEmpty()) {
                options.add("-proc:none");
            }
            JavaCompiler.CompilationTask task =
                    javac.getTask(printed, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files));
            task.setProcessors(processors);
            task.call();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return printed.toString();
    }

    JsonNode registry() throws IOException {
        return new ObjectMapper().readTree(classes.resolve(Registry.PATH).toFile());
    }

    /** Ids of the tests in the registry. */
    List<String> tests() throws IOException {
        List<String> ids = new ArrayList<>();
        registry().get("tests").forEach(t -> ids.add(t.get("id").asText()));
        return ids;
    }

    /** Every generated file by its path. */
    Map<String, String> generatedFiles() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(generated)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(generated.relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }
}
