package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.HoldSpec;
import dev.ktstr.Op;
import dev.ktstr.Step;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

/** Captures of a scheduler's state, by the clock and by name, and the method that judges them afterwards. */
class SnapshotIT {
    private final Fixtures fixtures = new Fixtures();

    @Test
    void capturesAreTakenWhenTheyAreDueAndJudgedWhenTheGuestHasEnded() throws IOException {
        Outcome outcome = Runs.run("isCaptured", fixtures::isCaptured).outcome();
        assertThat(outcome.details()).isEmpty();
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        JsonNode snapshots = Runs.sidecar(outcome).path("snapshots");
        assertThat(snapshots.findValuesAsText("name"))
                .containsExactly("before", "periodic_000", "periodic_001", "periodic_002", "periodic_003");
        assertThat(snapshots.get(1).path("atMs").asInt()).isBetween(780, 2000);
        assertThat(snapshots.get(4).path("atMs").asInt()).isBetween(2220, 4000);
    }

    @Test
    void whatTheMethodThrowsAndClaimsFailsTheRun() {
        Outcome outcome = Runs.run("isFoundWanting", fixtures::isFoundWanting).outcome();
        assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(outcome.details())
                .contains("postVm findsFault: java.lang.IllegalStateException: of 2 captures none is good")
                .anyMatch(line -> line.contains("no value at sample periodic_000")
                        && line.contains("did you mean 'nr_dispatched'?"));
    }

    /** Seven writes are seven captures, in order, each with the value that was written; the clock's captures go on beside them. */
    @Test
    void everyWriteToAWatchedSymbolIsACaptureAndWhatIsNeverWrittenIsSaid() throws IOException {
        Outcome outcome = Runs.run("isWatched", fixtures::isWatched).outcome();
        assertThat(outcome.details()).isEmpty();
        JsonNode sidecar = Runs.sidecar(outcome);
        assertThat(sidecar.path("snapshots").findValuesAsText("name"))
                .contains("beats_000", "beats_006", "periodic_000", "periodic_001")
                .hasSize(9);
        assertThat(sidecar.path("notes").toString())
                .contains("watchSnapshot 'vmlinux/panic_timeout' (vmlinux/panic_timeout) never fired")
                .contains("watchSnapshot 'crash' (scx_ktst.bss/crash) never fired");
        JsonNode kept = new ObjectMapper()
                .readTree(folder(outcome).resolve("snapshots.json").toFile());
        JsonNode beat = kept.path("snapshots").findValue("maps");
        assertThat(beat).isNotEmpty();
        assertThat(kept.at("/snapshots/0/cpus/0/registers/rip").asText()).startsWith("0x");
        assertThat(kept.at("/snapshots/0/cpus/1/counters/nr_switches").asLong()).isPositive();
    }

    @Test
    void whatCannotBeWatchedEndsTheScenarioWithALineThatSaysWhy() {
        watching("nr_dispatchd").contains("watchSnapshot 'nr_dispatchd'", "did you mean 'nr_dispatched'?");
        watching("slice_ns").contains("scx_ktst.rodata/slice_ns is a constant");
        watching("exit_report")
                .contains("has 33924 bytes")
                .contains("watch one of its members: kind, reason, msg, dump");
        watching("runqueues").contains("each CPU has of its own", "'runqueues@0' to 'runqueues@1'");
        watching("schedule").contains("'schedule' is code of the kernel");
        watching("nr_enqueued", "nr_dispatched", "crash", "stall")
                .contains("'stall' cannot be watched", "3 are taken: nr_enqueued, nr_dispatched, crash");
    }

    private static AbstractStringAssert<?> watching(String... symbols) {
        Op[] ops = Arrays.stream(symbols).map(Op::watchSnapshot).toArray(Op[]::new);
        Outcome outcome = Runs.run("watches", ctx -> ctx.executeSteps(Step.ops(HoldSpec.FULL, ops)))
                .outcome();
        assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
        return assertThat(String.join("\n", outcome.details()));
    }

    /** A counter of every decision: the watch ends itself, and the run goes on. */
    @Test
    void aSymbolThatIsWrittenWithoutEndIsTakenOff() throws IOException {
        Outcome outcome = Runs.run(
                        "watches",
                        ctx -> ctx.executeSteps(new Step(
                                List.of(CgroupDef.named("many").workers(3)),
                                List.of(Op.watchSnapshot("nr_dispatched")),
                                HoldSpec.FULL)))
                .outcome();
        assertThat(outcome.details()).isEmpty();
        JsonNode sidecar = Runs.sidecar(outcome);
        assertThat(sidecar.path("snapshots")).hasSize(32);
        assertThat(sidecar.path("notes").toString())
                .contains("watchSnapshot 'nr_dispatched' was taken off after 32 captures");
    }

    /** The watch ends with the scenario that asked for it. */
    @Test
    void aWriteBeforeOrAfterTheScenarioIsNoCapture() throws IOException {
        String file = "/proc/sys/kernel/panic";
        Outcome outcome = Runs.run("watches", ctx -> {
                    ctx.guest().writeText(file, "7");
                    AssertResult result =
                            ctx.executeSteps(Step.ops(HoldSpec.FULL, Op.watchSnapshot("vmlinux/panic_timeout")));
                    ctx.guest().writeText(file, "8");
                    assertThat(ctx.guest().readText(file)).isEqualTo("8");
                    return result;
                })
                .outcome();
        assertThat(outcome.details()).isEmpty();
        JsonNode sidecar = Runs.sidecar(outcome);
        assertThat(sidecar.path("snapshots")).isEmpty();
        assertThat(sidecar.path("notes").toString()).contains("watchSnapshot 'vmlinux/panic_timeout'", "never fired");
    }

    /** Two captures at least 100 ms apart do not fit into 100 ms: the one that does is taken, and the other is said. */
    @Test
    void capturesThatWouldOverrunTheScenarioAreLeftOutAndSaid() throws IOException {
        Outcome outcome = Runs.run(
                        "isWatched",
                        ctx -> ctx.executeSteps(new Step(
                                List.of(CgroupDef.named("short").workers(1)),
                                List.of(),
                                HoldSpec.fixed(Duration.ofMillis(100)))))
                .outcome();
        JsonNode sidecar = Runs.sidecar(outcome);
        assertThat(sidecar.path("snapshots").findValuesAsText("name")).containsExactly("periodic_000");
        assertThat(sidecar.path("notes").toString())
                .contains("of 2 periodic captures 1 were taken: the scenario had ended");
    }

    /** The kernel's own moment: nothing of the scheduler is freed yet, and the dump says by whom and why. */
    @Test
    void aFailingSchedulerIsDumpedAtTheWriteOfItsExitKind() throws IOException {
        Outcome outcome =
                Runs.run("crashesAsExpected", fixtures::crashesAsExpected).outcome();
        JsonNode state = new ObjectMapper()
                .readTree(folder(outcome).resolve("state.json").toFile());
        assertThat(state.path("how").asText())
                .matches(
                        "taken at the write of (scx_sched\\.exit_kind|scx_exit_kind) \\(SCX_EXIT_ERROR_BPF\\) by CPU \\d,"
                                + " before the kernel took the scheduler apart");
        assertThat(state.at("/maps").findValuesAsText("name")).contains("scx_ktst.bss", "scx_ktst.rodata");
        assertThat(state.findValue("crash").asInt()).isEqualTo(1);
        // What exit writes is not written yet.
        assertThat(state.findValue("exit_report").path("kind").asInt()).isZero();
        assertThat(state.at("/cpus/0/counters/nr_switches").asLong()).isPositive();
    }

    /** Where the kernel keeps the kind with the scheduler, the watchpoint has to go from one to the next. */
    @Test
    void aSchedulerThatWasStartedAgainIsDumpedAtItsOwnFailure() throws IOException {
        Outcome outcome = Runs.run("crashesAfterItsRestart", fixtures::crashesAfterItsRestart)
                .outcome();
        assertThat(outcome.verdict()).as("%s", outcome.details()).isEqualTo(Verdict.PASS);
        JsonNode state = new ObjectMapper()
                .readTree(folder(outcome).resolve("state.json").toFile());
        assertThat(state.path("how").asText())
                .startsWith("taken at the write of ")
                .contains("SCX_EXIT_ERROR_BPF");
        assertThat(state.findValue("crash").asInt()).isEqualTo(1);
    }

    @Test
    void withoutItsWatchpointAFailureIsDumpedWhenItIsSeen() throws IOException {
        Outcome outcome = Runs.run(
                        "crashesAsExpected", Map.of("ktstr.exit.watch", "false"), fixtures::crashesAsExpected)
                .outcome();
        JsonNode state = new ObjectMapper()
                .readTree(folder(outcome).resolve("state.json").toFile());
        assertThat(state.path("how").asText()).contains("taken up to 2 ms after", "watchpoints are switched off");
    }

    private static Path folder(Outcome outcome) {
        String sidecar = outcome.sidecar().orElseThrow().toString();
        return Path.of(sidecar.substring(0, sidecar.length() - ".ktstr.json".length()));
    }
}
