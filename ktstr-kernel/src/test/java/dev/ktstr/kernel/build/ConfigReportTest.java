package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.build.Kconfig.Option;
import dev.ktstr.kernel.build.Kconfig.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReportTest {
    private static final Map<String, String> CONFIG =
            Map.of("Y", "y", "M", "m", "NUMBER", "12", "TEXT", "\"abc\"", "HEX", "0x10");

    @TempDir
    Path dir;

    @BeforeEach
    void writeKconfigs() throws IOException {
        write("Kconfig", "source \"arch/$(SRCARCH)/Kconfig\"\nsource \"sub/Kconfig\"\nsource \"missing/Kconfig\"\n");
        write("arch/x86/Kconfig", "config X86\n\tdef_bool y\n");
        write("sub/Kconfig", """
                menu "A menu" # with a comment
                \tdepends on NET
                if EXPERT
                config NESTED
                \ttristate "Nested" if Y
                \tdepends on M && \\
                \t\tNUMBER >= 20
                \thelp
                \t  Help that says
                \t  depends on NOTHING

                \t  config FAKE
                config HIDDEN
                \tbool
                endif
                endmenu
                config FREE
                \tbool "Free"
                choice
                \tprompt "Which"
                \tdepends on CHOOSING
                config FIRST
                \tbool "First"
                endchoice
                config TWICE
                \tbool "Twice"
                \tdepends on A
                config TWICE
                \tbool "Twice"
                \tdepends on B
                config TOOLS
                \tbool "Tools"
                \tdepends on $(cc-option,-fx) && GONE
                config MACRO
                \tbool "Macro"
                \tdepends on $(success,test 1)
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NESTED | it needs NET (is not set), EXPERT (is not set), NUMBER >= 20 (is 12)",
                "HIDDEN | it cannot be set by hand, others select it",
                "FIRST  | it needs CHOOSING (is not set)",
                "TWICE  | it needs A (is not set); or B (is not set)",
                "TOOLS  | it needs GONE (is not set)",
                "FAKE   | this kernel has no such option",
            })
    void whatKeepsAnOptionFromBeingSetIsNamed(String option, String because) {
        assertThat(report(CONFIG, new Option(option, "y", Origin.USER)).lost())
                .extracting(ConfigReport.Lost::because)
                .containsExactly(because);
    }

    @Test
    void whatIsNotKnownIsSaidToBeNotKnown() {
        for (String option : List.of("FREE", "MACRO")) {
            assertThat(report(CONFIG, new Option(option, "y", Origin.OURS))
                            .lost()
                            .get(0)
                            .because())
                    .contains("seem to hold", "(see " + option + " in the tree's Kconfig files)");
        }
        assertThat(report(Map.of("FREE", "m"), new Option("FREE", "y", Origin.OURS))
                        .lost()
                        .get(0)
                        .because())
                .startsWith("it came to m. ");
        assertThat(report(Map.of("FREE", "y"), new Option("FREE", "n", Origin.OURS))
                        .lost()
                        .get(0)
                        .because())
                .isEqualTo("it came to y. something that is set selects it, or it is on where its dependencies hold");
    }

    @Test
    void whatSurvivedIsNotTold() {
        ConfigReport report = report(
                CONFIG,
                new Option("Y", "y", Origin.USER),
                new Option("TEXT", "\"abc\"", Origin.OURS),
                new Option("ABSENT", "n", Origin.OURS));

        assertThat(report.lost()).isEmpty();
    }

    @Test
    void onlyTheUsersOptionsEndTheBuildAndOptionalOnesAreNotTold() {
        ConfigReport report = report(
                Map.of(),
                new Option("FREE", "y", Origin.USER),
                new Option("FAKE", "y", Origin.USER),
                new Option("TOOLS", "y", Origin.OURS),
                new Option("UNKNOWN", "y", Origin.OURS),
                new Option("TWICE", "y", Origin.OURS_IF_KNOWN));

        assertThat(report.refused()).extracting(l -> l.option().name()).containsExactly("FREE", "FAKE");
        assertThat(report.warnings()).extracting(l -> l.option().name()).containsExactly("TOOLS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Y || A        ;",
                "A || B        ; A (is not set), or B (is not set)",
                "M             ;",
                "!Y            ; Y (is set, and must not be)",
                "!(Y && M)     ; ( Y && M ) (is set, and must not be)",
                "!A && B       ; B (is not set)",
                "Y = y         ;",
                "M = y         ; M = y (is m)",
                "NUMBER > 9    ;",
                "NUMBER < 9    ; NUMBER < 9 (is 12)",
                "TEXT = \"abc\"  ;",
                "TEXT != \"abc\" ; TEXT != \"abc\" (is abc)",
                "$(x) || A     ;",
                "$(x) && A     ; A (is not set)",
                "A && (B || Y) ; A (is not set)",
            })
    void anExpressionIsJudgedByTheConfiguration(String expression, String reasons) {
        assertThat(String.join(", ", KconfigExpression.failing(expression, CONFIG)))
                .isEqualTo(reasons == null ? "" : reasons);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "(", ")", "A &&", "A B", "A = ", "&& A", "!", "A @ B", "((((A", "$(unclosed", "\"open"})
    void whatIsNoExpressionGivesNoReason(String expression) {
        assertThat(KconfigExpression.failing(expression, CONFIG)).isEmpty();
        assertThat(KconfigExpression.failing("(".repeat(5000) + "A", CONFIG)).isEmpty();
        assertThat(KconfigExpression.failing("!".repeat(5000) + "A", CONFIG)).isEmpty();
    }

    private ConfigReport report(Map<String, String> config, Option... options) {
        Kconfig asked = new Kconfig(Architecture.X86_64, Kconfig.Base.TINYCONFIG, Arrays.asList(options), "00000000");
        return ConfigReport.of(asked, config, KconfigTree.read(dir, Architecture.X86_64));
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(dir.resolve(name).getParent());
        Files.writeString(dir.resolve(name), text);
    }
}
