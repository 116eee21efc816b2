package dev.ktstr.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CycleCollapseTest {
    /** What the fixture scheduler prints under {@code --verify-loop=200 --fail-verify} on a kernel. */
    static String printed(String kernel) throws IOException {
        try (InputStream in = CycleCollapseTest.class.getResourceAsStream("refused-" + kernel + ".log")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> loop(int rounds) {
        List<String> lines = new ArrayList<>(List.of("0: R1=ctx() R10=fp0", "0: (b4) w3 = 0                 ; R3_w=0"));
        for (int i = 1; i <= rounds; i++) {
            lines.add("1: (04) w3 += 1                ; R3_w=" + i);
            lines.add("2: (a6) if w3 < 0x64 goto pc-2        ; R3_w=" + i);
        }
        lines.add("3: (95) exit");
        return lines;
    }

    @Test
    void ofALoopTheFirstAndTheLastRoundStay() {
        assertThat(CycleCollapse.collapse(loop(100)))
                .containsExactly(
                        "0: R1=ctx() R10=fp0",
                        "0: (b4) w3 = 0                 ; R3_w=0",
                        "1: (04) w3 += 1                ; R3_w=1",
                        "2: (a6) if w3 < 0x64 goto pc-2        ; R3_w=1",
                        "[100 rounds of instructions 1 to 2: first and last shown, 196 lines left out]",
                        "1: (04) w3 += 1                ; R3_w=100",
                        "2: (a6) if w3 < 0x64 goto pc-2        ; R3_w=100",
                        "3: (95) exit");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aFewRoundsStayAsTheyAre(int rounds) {
        assertThat(CycleCollapse.collapse(loop(rounds))).isEqualTo(loop(rounds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.12", "7.2"})
    void aLoopInALoopOfARealLogIsFoundInBothDirections(String kernel) throws IOException {
        VerifierLog log = VerifierLog.in(printed(kernel)).get(0);
        assertThat(log.lines()).hasSizeGreaterThan(500);
        assertThat(log.collapsed())
                .hasSizeLessThan(60)
                .filteredOn(line -> line.startsWith("["))
                .containsExactly(
                        "[10 rounds of instructions 9 to 10: first and last shown, 16 lines left out]",
                        "[20 rounds of instructions 8 to 12: first and last shown, 450 lines left out]",
                        "[10 rounds of instructions 9 to 10: first and last shown, 16 lines left out]");
        assertThat(log.collapsed()).last().asString().startsWith("processed 477 insns");
    }

    @Test
    void roundsWithInnerLoopsOfAnotherLengthAreOneLoopAllTheSame() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            lines.add("5: (b4) w2 = 0                 ; R2_w=0");
            for (int j = 0; j < 6 + i; j++) {
                lines.add("6: (04) w2 += 1                ; R2_w=" + (j + 1));
                lines.add("7: (ae) if w2 < w1 goto pc-2   ; R1=" + i + " R2_w=" + (j + 1));
            }
            lines.add("8: (04) w1 += 1                ; R1_w=" + (i + 1));
        }
        assertThat(CycleCollapse.collapse(lines))
                .contains("[12 rounds of instructions 5 to 8: first and last shown, 250 lines left out]")
                .hasSizeLessThan(20);
    }

    @Test
    void whatIsLeftOutAndWhatStaysIsAllThereWas() {
        for (int rounds = 4; rounds < 60; rounds++) {
            List<String> lines = loop(rounds);
            List<String> collapsed = CycleCollapse.collapse(lines);
            int out = collapsed.stream()
                    .filter(line -> line.startsWith("["))
                    .mapToInt(line -> Integer.parseInt(line.replaceAll(".*shown, (\\d+) lines.*", "$1")))
                    .sum();
            long stayed =
                    collapsed.stream().filter(line -> !line.startsWith("[")).count();
            assertThat(stayed + out).isEqualTo(lines.size());
        }
    }

    @Test
    void linesThatAreNoInstructionsAreNoLoop() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            lines.add("libbpf: the same words again and again, but not the verifier's");
        }
        assertThat(CycleCollapse.collapse(lines)).isEqualTo(lines);
    }

    @Test
    void branchesThatAreTakenUpAgainAreCompared() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            lines.add("from 12 to 9: frame1: R1_w=" + i + " R10=fp0 cb");
            lines.add("9: (bf) r1 = r6                ; frame1: R1_w=" + i);
            lines.add("from 9 to 11: safe");
        }
        assertThat(CycleCollapse.collapse(lines))
                .hasSize(7)
                .contains("[30 rounds of instructions 9 to 9: first and last shown, 84 lines left out]");
    }

    /** Whatever the text: it does not throw, does not grow, is found done when looked at again, and loses no first or last line. */
    static void check(String text) {
        String once = CycleCollapse.collapse(text);
        assertThat(once.getBytes(StandardCharsets.UTF_8).length)
                .isLessThanOrEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        assertThat(CycleCollapse.collapse(once)).isEqualTo(once);
        List<String> lines = Arrays.asList(text.split("\n", -1));
        List<String> kept = Arrays.asList(once.split("\n", -1));
        assertThat(kept.get(0)).isEqualTo(lines.get(0));
        assertThat(kept.get(kept.size() - 1)).isEqualTo(lines.get(lines.size() - 1));
    }

    @Test
    void anyTextOfVerifierLinesKeepsTheRules() {
        String[] words = {
            "1: (04) w3 += 1 ; R3_w=%d",
            "2: (a6) if w3 < 0x64 goto pc-2 ; R3_w=%d",
            "from 2 to 1: R3_w=%d",
            "; for (;;) @ a.c:1",
            "3: (85) call pc+7",
            "[4 rounds of instructions 1 to 2: first and last shown, 4 lines lef out]",
            "mark_precise: frame0: regs=r%d stack= before 1"
        };
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<String> lines = new ArrayList<>();
            while (lines.size() < 200) {
                List<String> body = new ArrayList<>();
                for (int i = random.nextInt(5); i >= 0; i--) {
                    body.add(words[random.nextInt(words.length)]);
                }
                for (int i = random.nextInt(12); i >= 0; i--) {
                    int round = i;
                    body.forEach(line -> lines.add(line.replace("%d", Integer.toString(round))));
                }
            }
            check(String.join("\n", lines));
        }
    }

    /** A search of all periods from all lines would take hours. */
    @Test
    @Timeout(60)
    void aHundredThousandLinesThatKeepNoPeriodAreSeenThrough() {
        List<String> lines = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            // Nothing repeats for long, and everything repeats: the worst for a search of periods.
            lines.add(random.nextInt(3) + ": (bf) r1 = r6 ; R1=" + i);
        }
        assertThat(CycleCollapse.collapse(lines))
                .hasSizeLessThanOrEqualTo(100_000)
                .isNotEmpty();
    }
}
