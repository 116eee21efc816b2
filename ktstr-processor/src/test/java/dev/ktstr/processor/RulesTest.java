package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import dev.ktstr.rules.Codes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule has a folder with sources that break it, what the compiler then prints, and sources that only come close. */
class RulesTest {
    private static final Path RULES = Golden.resources().resolve("rules");

    @TestFactory
    List<DynamicTest> bad_sources_get_these_diagnostics() {
        return Golden.list(RULES).stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getFileName().toString(), () -> {
                    String printed = Compile.print(Compile.plainly(List.of(rule.resolve("Bad.java"))));
                    assertThat(printed)
                            .contains("[KTSTR-" + rule.getFileName().toString().substring(0, 3) + "]");
                    Golden.assertMatches(rule.resolve("expected.txt"), printed);
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> good_sources_compile_without_a_warning() {
        return Golden.list(RULES).stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getFileName().toString(),
                        () -> assertThat(Compile.print(
                                        Compile.strictlyWithSeveralClassesInAFile(List.of(rule.resolve("Good.java")))))
                                .isEmpty()))
                .toList();
    }

    @Test
    void one_compilation_reports_the_errors_of_all_bad_sources_together() {
        List<Path> sources = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Path rule : Golden.list(RULES)) {
            sources.add(rule.resolve("Bad.java"));
            expected.add(Golden.read(rule.resolve("expected.txt")));
        }

        Compilation all = Compile.with(sources, List.of(new KtstrProcessor()), "-Xmaxerrs", "1000");

        assertThat(all.diagnostics().stream().map(Compile::print))
                .containsExactlyInAnyOrderElementsOf(expected.stream()
                        .flatMap(text -> Arrays.stream(text.split("\n(?! )", -1)))
                        .filter(text -> !text.isEmpty())
                        .toList());
    }

    @Test
    void diagnostics_do_not_depend_on_the_order_of_the_sources() {
        List<Path> sources = new ArrayList<>(
                Golden.list(RULES).stream().map(r -> r.resolve("Bad.java")).toList());
        String forward = Compile.print(Compile.plainly(sources));
        Collections.reverse(sources);

        assertThat(Compile.print(Compile.plainly(sources))).isEqualTo(forward);
    }

    @Test
    void every_code_has_its_folder_and_its_section_in_the_documentation() {
        String page = Golden.read(Path.of("..", "src", "site", "markdown", "errors.md"));
        assertThat(Codes.values()).doesNotHaveDuplicates().allSatisfy(code -> {
            assertThat(page).contains("## " + code.tag() + " ");
            if (code.number() / 100 != 6) {
                String name = code.number() + "-"
                        + code.name().toLowerCase(Locale.ROOT).replace('_', '-');
                assertThat(Files.isDirectory(RULES.resolve(name))).as(name).isTrue();
            }
        });
        assertThat(Arrays.stream(Codes.values()).map(Codes::number)).doesNotHaveDuplicates();
    }
}
