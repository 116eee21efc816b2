package dev.ktstr.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.PayloadResult;
import dev.ktstr.payload.PayloadEntry.Check;
import dev.ktstr.payload.PayloadEntry.Metric;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PayloadJudgeTest {
    private static final OptionalDouble NO = OptionalDouble.empty();

    private static PayloadEntry fio(boolean json, Check... checks) {
        return new PayloadEntry(
                "fio",
                "acme.Fio",
                "fio",
                List.of(),
                json,
                List.of(new Metric("read.iops", "HIGHER_IS_BETTER", "1/s")),
                List.of(checks),
                List.of());
    }

    private static Check atLeast(String metric, double min) {
        return new Check(metric, OptionalDouble.of(min), NO);
    }

    private static Check atMost(String metric, double max) {
        return new Check(metric, NO, OptionalDouble.of(max));
    }

    private static PayloadEnd end(int code, int signal, boolean timedOut, boolean stopped, String out, String err) {
        return new PayloadEnd(
                "fio",
                List.of("/usr/bin/fio"),
                code,
                signal,
                timedOut,
                stopped,
                Duration.ofMillis(2500),
                out,
                err,
                (long) out.length() + err.length());
    }

    private static PayloadEnd printed(String out) {
        return end(0, 0, false, false, out, "");
    }

    private static List<String> lines(PayloadEntry payload, PayloadEnd end) {
        return PayloadJudge.judge(payload, end).details();
    }

    @Test
    void aCleanEndPasses() {
        PayloadResult result =
                PayloadJudge.judge(fio(true, atLeast("read.iops", 10)), printed("{\"read\":{\"iops\":11}}"));
        assertThat(result.passed()).isTrue();
        assertThat(result.figure("read.iops")).hasValue(11);
        assertThat(result.figure("write.iops")).isEmpty();
    }

    @Test
    void anExitCodeOtherThanZeroFailsWithTheLastWords() {
        assertThat(lines(fio(false), end(3, 0, false, false, "working\n", "a\nb\nc\nd\ne\nno space left\n")))
                .containsExactly("payload 'fio' exited with code 3; its last words:\nb\nc\nd\ne\nno space left");
        assertThat(lines(fio(false), end(3, 0, false, false, "", "")))
                .containsExactly("payload 'fio' exited with code 3; it printed nothing");
    }

    @Test
    void aCheckOnTheExitCodeReplacesTheRuleThatItIsZero() {
        PayloadEntry payload = fio(false, atLeast(PayloadEntry.EXIT_CODE, 1), atMost(PayloadEntry.EXIT_CODE, 2));
        assertThat(lines(payload, end(2, 0, false, false, "", ""))).isEmpty();
        assertThat(lines(payload, end(0, 0, false, false, "", "")))
                .containsExactly("payload 'fio': exit-code is 0, below its minimum of 1");
        assertThat(lines(payload, end(9, 0, false, false, "", "")))
                .containsExactly("payload 'fio': exit-code is 9, above its maximum of 2");
    }

    @Test
    void aSignalIsNamed() {
        assertThat(lines(fio(false), end(-1, 11, false, false, "", "")))
                .containsExactly("payload 'fio' was ended by signal 11 (SIGSEGV); it printed nothing");
    }

    @Test
    void onesThatHangAreSaidToHaveBeenKilledAndJudgedByNothingElse() {
        assertThat(lines(fio(true, atLeast("read.iops", 10)), end(-1, 9, true, false, "", "")))
                .singleElement()
                .asString()
                .startsWith(
                        "payload 'fio' did not end by itself within 2.5s and was killed; it printed nothing. Hint: ");
    }

    @Test
    void oneThatWasToldToEndIsJudgedByItsFiguresOnly() {
        PayloadEntry payload = fio(true, atLeast("read.iops", 10));
        assertThat(lines(payload, end(-1, 15, false, true, "", ""))).isEmpty();
        assertThat(lines(payload, end(-1, 15, false, true, "{\"read\":{\"iops\":9.5}}", "")))
                .containsExactly(
                        "payload 'fio': read.iops is 9.5 1/s, below its minimum of 10 1/s".replace("9.5 ", "9.50000 "));
    }

    @Test
    void limitsNameFigureUnitAndBound() {
        assertThat(lines(fio(true, atMost("read.iops", 5)), printed("{\"read\":{\"iops\":6}}")))
                .containsExactly("payload 'fio': read.iops is 6 1/s, above its maximum of 5 1/s");
    }

    @Test
    void aFigureThatIsNotThereIsNotPassedOver() {
        assertThat(lines(fio(true, new Check("read.iop", NO, NO)), printed("{\"read\":{\"iops\":6}}")))
                .containsExactly(
                        "payload 'fio' printed no figure 'read.iop' (did you mean 'read.iops'?). It printed 1 figures");
    }

    @Test
    void brokenJsonFailsEvenWithoutChecks() {
        assertThat(lines(fio(true), printed("{\"read\":")))
                .singleElement()
                .asString()
                .startsWith(
                        "payload 'fio' has output = JSON, but its figures cannot be read: the object that begins in line 1 is broken");
    }

    @Test
    void aFloodIsSaidToHaveBeenCut() {
        PayloadEnd flood = new PayloadEnd(
                "fio", List.of("fio"), 0, 0, false, false, Duration.ofSeconds(1), "{\"a\":", "", 1L << 30);
        assertThat(lines(fio(true), flood))
                .singleElement()
                .asString()
                .contains("it wrote 1073741824 bytes, of which about 5 were kept");
    }

    @Test
    void bytesThatAreNoTextDoNotReachTheTerminal() {
        assertThat(lines(fio(false), end(1, 0, false, false, "", "a\0\033[31mb\r\n")))
                .containsExactly("payload 'fio' exited with code 1; its last words:\na??[31mb");
    }
}
