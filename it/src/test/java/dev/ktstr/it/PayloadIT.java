package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ktstr.CgroupDef;
import dev.ktstr.Ctx;
import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.PayloadCall;
import dev.ktstr.PayloadHandle;
import dev.ktstr.PayloadResult;
import dev.ktstr.Step;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs of the distribution's, and programs that misbehave, as payloads in a guest. */
class PayloadIT {
    private static Outcome passed(VariantRun.Ended ended) {
        assertThat(ended.outcome().details()).isEmpty();
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.PASS);
        return ended.outcome();
    }

    @Test
    void fioRunsToItsEndBesideStressNgAndItsFiguresAreInTheResult() throws IOException {
        Outcome outcome = passed(Runs.run("PayloadFixtures#fioBesideStress", ctx -> null));
        JsonNode payloads = Runs.sidecar(outcome).path("payloads");
        assertThat(payloads.findValuesAsText("name")).containsExactly("fio", "stress-ng");
        JsonNode fio = payloads.get(0);
        assertThat(fio.path("exitCode").asInt(-1)).isZero();
        assertThat(fio.path("stopped").asBoolean()).isFalse();
        assertThat(fio.path("durationMs").asDouble()).isBetween(2_000.0, 40_000.0);
        JsonNode iops = fio.path("metrics").path("jobs.0.read.iops");
        assertThat(iops.path("value").asDouble()).isGreaterThan(1);
        assertThat(iops.path("unit").asText()).isEqualTo("1/s");
        assertThat(iops.path("polarity").asText()).isEqualTo("HIGHER_IS_BETTER");
        Path folder = Path.of(outcome.sidecar().orElseThrow().toString().replace(".ktstr.json", ""));
        assertThat(Files.readString(folder.resolve(fio.path("logs").get(0).asText())))
                .contains("\"fio version\"");
        JsonNode stress = payloads.get(1);
        assertThat(stress.path("stopped").asBoolean())
                .as("it ends with the scenario")
                .isTrue();
        assertThat(stress.path("passed").asBoolean()).isTrue();
    }

    @Test
    void workloadsRunBesideTheWorkersOfAScenario() throws IOException {
        Outcome outcome =
                passed(Runs.run("PayloadFixtures#workersBesideStress", new PayloadFixtures()::workersBesideStress));
        assertThat(outcome.stats().get(0).workers()).hasSize(2);
        JsonNode stress = Runs.sidecar(outcome).path("payloads").get(0);
        assertThat(stress.path("name").asText()).isEqualTo("stress-ng");
        assertThat(stress.path("durationMs").asDouble()).isGreaterThan(1_900);
    }

    @Test
    void payloadsThatMisbehaveEachHaveTheirLineAndLeaveTheGuestInOrder() {
        VariantRun.Ended ended = Runs.run("PayloadFixtures#payloadsOfTheBody", ctx -> {
            endsBadly(ctx);
            floods(ctx);
            printsBadly(ctx);
            opsOnPayloads(ctx);
            besideTheBody(ctx);
            assertThat(ctx.payloads()).hasSizeGreaterThan(6);
            return dev.ktstr.AssertResult.pass();
        });
        passed(ended);
    }

    private static PayloadResult shell(Ctx ctx, String script) {
        return ctx.payload(PayloadFixtures.Shell.class).args("-c", script).run();
    }

    private static void endsBadly(Ctx ctx) {
        PayloadResult fine = shell(ctx, "echo hello; echo trouble >&2");
        assertThat(fine.passed()).isTrue();
        assertThat(fine.output()).isEqualTo("hello\n");
        assertThat(fine.errors()).isEqualTo("trouble\n");
        assertThat(shell(ctx, "echo no room >&2; exit 3").details())
                .containsExactly("payload 'shell' exited with code 3; its last words:\nno room");
        assertThat(shell(ctx, "kill -SEGV $$").details())
                .containsExactly("payload 'shell' was ended by signal 11 (SIGSEGV); it printed nothing");
        PayloadResult hung = ctx.payload(PayloadFixtures.Shell.class)
                .args("-c", "trap '' TERM; while :; do :; done")
                .limit(Duration.ofSeconds(1))
                .run();
        assertThat(hung.timedOut()).isTrue();
        assertThat(hung.details())
                .singleElement()
                .asString()
                .startsWith("payload 'shell' did not end by itself within ")
                .contains("and was killed");
    }

    private static void floods(Ctx ctx) {
        PayloadResult flood = ctx.payload(PayloadFixtures.Flood.class)
                .limit(Duration.ofSeconds(60))
                .run();
        assertThat(flood.details()).isEmpty();
        assertThat(flood.outputBytes()).isEqualTo(64L << 20);
        assertThat(flood.output().length()).isLessThanOrEqualTo(512 << 10);
    }

    private static void printsBadly(Ctx ctx) {
        PayloadResult good = ctx.payload(PayloadFixtures.JsonShell.class)
                .args("-c", "echo '{\"latency\": {\"p99\": 7.5}}'")
                .run();
        assertThat(good.details()).isEmpty();
        assertThat(good.figure("latency.p99")).hasValue(7.5);
        assertThat(ctx.payload(PayloadFixtures.JsonShell.class)
                        .args("-c", "echo '{\"latency\": {\"p99\": 12}}'")
                        .run()
                        .details())
                .containsExactly("payload 'json-shell': latency.p99 is 12, above its maximum of 10");
        assertThat(ctx.payload(PayloadFixtures.JsonShell.class)
                        .args("-c", "echo '{\"latency\":'")
                        .run()
                        .details())
                .singleElement()
                .asString()
                .contains("its figures cannot be read");
    }

    private static void opsOnPayloads(Ctx ctx) {
        int before = ctx.payloads().size();
        ctx.executeSteps(new Step(
                List.of(CgroupDef.named("load").workers(1)),
                List.of(
                        Op.runPayload(PayloadFixtures.Shell.class, "-c", "while :; do :; done")
                                .as("long"),
                        Op.runPayload(PayloadFixtures.Shell.class, "-c", "echo short")
                                .as("short"),
                        Op.waitPayload("short"),
                        Op.killPayload("long")),
                HoldSpec.FULL));
        List<PayloadResult> ended =
                ctx.payloads().subList(before, ctx.payloads().size());
        assertThat(ended).extracting(PayloadResult::name).containsExactly("short", "long");
        assertThat(ended.get(0).output()).isEqualTo("short\n");
        assertThat(ended.get(1).stopped()).isTrue();
        assertThatThrownBy(() -> ctx.payload(String.class)).hasMessageContaining("java.lang.String is no payload");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ctx.payload(PayloadFixtures.Shell.class).limit(Duration.ZERO));
    }

    private static void besideTheBody(Ctx ctx) {
        PayloadCall forever = ctx.payload(PayloadFixtures.Shell.class).args("-c", "echo begun; while :; do :; done");
        try (PayloadHandle one = forever.start();
                PayloadHandle two = forever.start()) {
            assertThat(ctx.payload(PayloadFixtures.Shell.class)
                            .args("-c", "echo between")
                            .run()
                            .output())
                    .as("the test goes on meanwhile")
                    .isEqualTo("between\n");
            PayloadResult stopped = one.stop();
            assertThat(stopped.name()).isEqualTo(one.name()).isNotEqualTo(two.name());
            assertThat(stopped.stopped()).isTrue();
            assertThat(stopped.passed()).isTrue();
            assertThat(stopped.output()).isEqualTo("begun\n");
            assertThat(one.stop()).isEqualTo(stopped);
        }
        PayloadHandle fails =
                ctx.payload(PayloadFixtures.Shell.class).args("-c", "exit 4").start();
        assertThat(fails.await().details())
                .containsExactly("payload '" + fails.name() + "' exited with code 4; it printed nothing");
        assertThat(fails.await()).isEqualTo(fails.stop());
        PayloadHandle slow = forever.limit(Duration.ofSeconds(1)).start();
        assertThat(slow.await().timedOut()).isTrue();
        assertThat(forever.start().name()).as("left to the end of the body").startsWith("shell#");
    }

    @Test
    void aMissingProgramIsFoundBeforeAnythingBoots() {
        VariantRun.Ended ended = Runs.run("PayloadFixtures#missing", ctx -> null);
        assertThat(ended.outcome().details())
                .singleElement()
                .asString()
                .startsWith("payload 'missing': no program 'there-is-no-such-program' in ");
        assertThat(ended.setupFailed()).isTrue();
        assertThat(ended.outcome().timings()).doesNotContainKey("boot");
    }
}
