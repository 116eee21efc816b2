package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jdt.core.compiler.batch.BatchCompiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same sources under Eclipse's batch compiler: the same codes at the same lines, and the same files. */
class EclipseTest {
    private static final Path RULES = Golden.resources().resolve("rules");
    private static final Pattern JAVAC =
            Pattern.compile("^Bad\\.java:(\\d+): (?:error|warning): (\\[KTSTR-\\d+])", Pattern.MULTILINE);
    private static final Pattern ECJ = Pattern.compile(
            "\\d+\\. (?:ERROR|WARNING) in \\S*/rules/(\\S+)/Bad\\.java \\(at line (\\d+)\\)(?:(?!-----).)*?(\\[KTSTR-\\d+])",
            Pattern.DOTALL);

    /** What ecj is told of a record it prints without its place. */
    private static final Pattern UNPLACED = Pattern.compile("\\d+\\. (?:ERROR|WARNING): (\\[KTSTR-(\\d+)])");

    @TempDir
    private Path root;

    @Test
    void all_bad_sources_together_get_the_codes_that_javac_gives_and_nearly_all_at_the_same_lines() throws IOException {
        List<Path> sources = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Path rule : Golden.list(RULES)) {
            sources.add(rule.resolve("Bad.java"));
            Matcher m = JAVAC.matcher(Golden.read(rule.resolve("expected.txt")));
            while (m.find()) {
                expected.add(rule.getFileName() + " " + m.group(1) + " " + m.group(2));
            }
        }

        String printed = compile(new Folder(root), sources.toArray(Path[]::new));

        List<String> found = new ArrayList<>();
        Matcher m = ECJ.matcher(printed);
        while (m.find()) {
            found.add(m.group(1) + " " + m.group(2) + " " + m.group(3));
        }
        Matcher unplaced = UNPLACED.matcher(printed);
        while (unplaced.find()) {
            found.add(ruleOf(unplaced.group(2)) + " 0 " + unplaced.group(1));
        }
        assertThat(found.stream().map(EclipseTest::withoutLine))
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().map(EclipseTest::withoutLine).toList())
                .hasSizeGreaterThan(100);
        // ecj reports a value inside a nested annotation, and a constant, at the line where what is around it starts.
        found.removeAll(expected);
        assertThat(found).hasSizeLessThan(40);
    }

    @Test
    void good_sources_give_the_files_that_javac_gives() throws IOException {
        Path source = Golden.resources().resolve("generated").resolve("mixed").resolve("input");
        Folder eclipse = new Folder(Files.createDirectories(root.resolve("eclipse")));
        Folder javac = new Folder(Files.createDirectories(root.resolve("javac")));

        String printed = compile(eclipse, Golden.list(source).toArray(Path[]::new));
        javac.withStubs().compile(Golden.list(source).toArray(Path[]::new));

        assertThat(printed).doesNotContain("ERROR");
        assertThat(eclipse.generatedFiles()).isNotEmpty().isEqualTo(javac.generatedFiles());
        assertThat(eclipse.registry()).isEqualTo(javac.registry());
    }

    private static String ruleOf(String code) throws IOException {
        return Golden.list(RULES).stream()
                .map(rule -> rule.getFileName().toString())
                .filter(name -> name.startsWith(code + "-"))
                .findFirst()
                .orElseThrow();
    }

    private static String withoutLine(String found) {
        return found.replaceFirst(" \\d+ ", " ");
    }

    private static String compile(Folder folder, Path... files) {
        StringWriter printed = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(
                "-17",
                "-proceedOnError",
                "-d",
                folder.classes().toString(),
                "-s",
                folder.generated().toString(),
                "-processor",
                KtstrProcessor.class.getName(),
                "-cp",
                System.getProperty("java.class.path")));
        for (Path stub : Golden.list(Golden.resources().resolve("stubs"))) {
            arguments.add(stub.toString());
        }
        for (Path file : files) {
            arguments.add(file.toString());
        }
        PrintWriter out = new PrintWriter(printed);
        BatchCompiler.compile(arguments.toArray(String[]::new), out, out, null);
        return printed.toString();
    }
}
