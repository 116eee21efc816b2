package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.testing.compile.Compilation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GeneratedTest {
    private static final Path GENERATED = Golden.resources().resolve("generated");

    @TestFactory
    List<DynamicTest> generated_files_are_these_and_compile_without_a_warning() {
        return Golden.list(GENERATED).stream()
                .map(example -> DynamicTest.dynamicTest(example.getFileName().toString(), () -> {
                    Compilation compilation = Compile.strictly(Golden.list(example.resolve("input")));
                    assertThat(Compile.print(compilation)).isEmpty();
                    Map<String, String> files = files(compilation);
                    assertThat(files).containsKey("registry.json");
                    files.forEach((name, text) ->
                            Golden.assertMatches(example.resolve("expected").resolve(name), text));
                    assertThat(Golden.list(example.resolve("expected"))).hasSameSizeAs(files.entrySet());
                }))
                .toList();
    }

    @Test
    void generated_bytes_do_not_depend_on_the_order_of_the_sources() {
        List<Path> sources = new ArrayList<>();
        Golden.list(GENERATED).forEach(example -> sources.addAll(Golden.list(example.resolve("input"))));
        Map<String, String> forward = files(Compile.strictly(sources));
        Collections.reverse(sources);

        assertThat(files(Compile.strictly(sources))).isEqualTo(forward).hasSizeGreaterThan(4);
    }

    @Test
    void the_registry_is_json_that_gives_back_every_written_string() throws IOException {
        Compilation compilation = Compile.strictly(Golden.list(GENERATED.resolve("mixed/input")));
        JsonNode root = new ObjectMapper().readTree(files(compilation).get("registry.json"));

        JsonNode test = root.at("/tests/0");
        assertThat(test.at("/id").asText()).isEqualTo("acme.MixedTest#mixedWorkloads");
        assertThat(test.at("/extraSchedArgs/1").asText()).isEqualTo("a \"b\" \\ \t é");
    }

    @Test
    void a_test_inherits_from_its_scheduler_what_it_does_not_write() throws IOException {
        Compilation compilation = Compile.strictly(Golden.list(GENERATED.resolve("mixed/input")));
        JsonNode test = new ObjectMapper()
                .readTree(files(compilation).get("registry.json"))
                .at("/tests/0");

        assertThat(from(test.at("/topology/numaNodes"))).isEqualTo("1 default");
        assertThat(from(test.at("/topology/llcs"))).isEqualTo("2 test");
        assertThat(from(test.at("/topology/cores"))).isEqualTo("2 test");
        assertThat(from(test.at("/topology/threads"))).isEqualTo("2 scheduler");
        assertThat(from(test.at("/checks/maxGapMs"))).isEqualTo("1500 scheduler");
        assertThat(from(test.at("/checks/maxSpreadPct"))).isEqualTo("20.0 test");
        assertThat(test.at("/checks").has("notStarved")).isFalse();
    }

    private static String from(JsonNode attribute) {
        return attribute.get("value").asText() + " " + attribute.get("from").asText();
    }

    /** What the processor wrote: sources and the registry, by file name. */
    private static Map<String, String> files(Compilation compilation) {
        return compilation.generatedFiles().stream()
                .filter(f -> f.getKind() == JavaFileObject.Kind.SOURCE
                        || f.getName().startsWith("/" + StandardLocation.CLASS_OUTPUT + "/META-INF/"))
                .collect(Collectors.toMap(
                        f -> f.getName().substring(f.getName().lastIndexOf('/') + 1),
                        GeneratedTest::text,
                        (a, b) -> a,
                        TreeMap::new));
    }

    private static String text(JavaFileObject file) {
        try {
            return file.getCharContent(false).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
