package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Variants under the fixture scheduler: one that is well, and each way in which a scheduler is not. */
class SchedulerIT {
    private static final Pattern DISPATCHED = Pattern.compile("nr_dispatched=(\\d+)");

    private final Fixtures fixtures = new Fixtures();

    private static Outcome failed(VariantRun.Ended ended) {
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.FAIL);
        return ended.outcome();
    }

    @Test
    void theSchedulerReallyRunsTheWorkersAndAConfinedWorkerIsNeverSeenElsewhere() throws IOException {
        List<Long> dispatched = new ArrayList<>();
        VariantRun.Ended ended = Runs.run("confined", ctx -> {
            var result = fixtures.confined(ctx);
            Matcher counts = DISPATCHED.matcher(ctx.schedulerLog());
            while (counts.find()) {
                dispatched.add(Long.parseLong(counts.group(1)));
            }
            return result;
        });
        Outcome outcome = ended.outcome();
        assertThat(outcome.details()).isEmpty();
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        assertThat(dispatched).hasSizeGreaterThan(2).isSorted();
        assertThat(dispatched.get(dispatched.size() - 1)).isGreaterThan(dispatched.get(0));
        assertThat(outcome.stats().get(0).workers())
                .hasSize(2)
                .allSatisfy(w -> assertThat(w.cpusUsed()).isSubsetOf(0, 1))
                .allSatisfy(w -> assertThat(w.workUnits()).isPositive());

        JsonNode sidecar = Runs.sidecar(outcome);
        assertThat(sidecar.at("/events/0/schedExtState").asText()).isEqualTo("enabled");
        assertThat(sidecar.at("/events/0/schedExtOps").asText()).startsWith("ktstr");
        assertThat(sidecar.path("verdict").asText()).isEqualTo("pass");
    }

    @Test
    void aStallIsExplainedByTheWatchdogTheLogAndTheDump() {
        Outcome outcome = failed(Runs.run("stalls", fixtures::stalls));
        assertThat(outcome.details().get(0))
                .matches(
                        "scheduler process died unexpectedly after completing step 0 of 1 \\(\\d+\\.\\ds into test\\)");
        assertThat(outcome.details().get(1)).startsWith("sched_ext ended it: runnable task stall");
        assertThat(outcome.sections()).containsKeys("scheduler log", "sched_ext dump", "diagnostics");
        assertThat(outcome.sections().get("sched_ext dump")).contains("CPU states");
        assertThat(ReportText.failure(outcome)).contains("--- sched_ext dump ---", "--- diagnostics ---");
    }

    @Test
    void aSchedulerThatLeavesInMidRunFailsTheRunAtOnce() {
        Outcome outcome = failed(Runs.run("exits", fixtures::exits));
        assertThat(outcome.details().get(0))
                .startsWith("scheduler process died unexpectedly after completing step 0 of 1");
        assertThat(outcome.details()).contains("the process ended with exit code 1");
        assertThat(outcome.stats().get(0).workers().get(0).wallTimeNs()).isLessThan(5_000_000_000L);
    }

    @Test
    void aSchedulerThatExitsAtOnceShowsItsOwnWords() {
        Outcome outcome = failed(Runs.run("failsAtStart", ctx -> null));
        assertThat(outcome.details().get(0)).contains("scheduler 'scx-fail'").contains("exited with code 3");
        assertThat(ReportText.failure(outcome)).contains("--fail-at-start");
    }

    @Test
    void aSchedulerThatNeverAttachesIsGivenUpInBoundedTime() {
        Outcome outcome = failed(Runs.run("neverAttaches", Map.of("ktstr.attach.timeout", "2"), ctx -> null));
        assertThat(outcome.details().get(0))
                .contains("scheduler 'scx-no-attach'")
                .contains("attach");
    }

    @Test
    void aCrashThatTheTestExpectsInTheKernelsWordsPasses() {
        Outcome outcome =
                Runs.run("crashesAsExpected", fixtures::crashesAsExpected).outcome();
        assertThat(outcome.details()).anyMatch(line -> line.startsWith("sched_ext ended it: "));
        assertThat(outcome.verdict()).as(outcome.details().toString()).isEqualTo(Verdict.PASS);
    }

    @Test
    void aSchedulerThatIsPartOfTheKernelIsTurnedOnAndOffAndItsCgroupHoldsTheWorkers() throws IOException {
        List<String> seen = new ArrayList<>();
        Outcome outcome = Runs.run("underABuiltin", ctx -> {
                    seen.add(ctx.guest().readText("/run/builtin"));
                    seen.add(ctx.guest().readText("/sys/fs/cgroup/cells/inner/cgroup.subtree_control"));
                    return fixtures.underABuiltin(ctx);
                })
                .outcome();
        assertThat(outcome.details()).isEmpty();
        assertThat(seen.get(0)).isEqualTo("on");
        assertThat(seen.get(1)).contains("cpuset");
        assertThat(outcome.stats().get(0).name()).isEqualTo("confined");
        Path sidecar = outcome.sidecar().orElseThrow();
        String folder = sidecar.getFileName().toString().replace(".ktstr.json", "");
        assertThat(Files.readString(sidecar.resolveSibling(folder).resolve("console.log")))
                .contains("builtin is off");
    }

    @Test
    void aKernelThatTheSchedulerIsNotForIsASkipWithAResultAndNoBoot() throws IOException {
        Outcome outcome = Runs.run("needsAnOldKernel", ctx -> null).outcome();
        assertThat(outcome.verdict()).isEqualTo(Verdict.SKIP);
        assertThat(outcome.details())
                .singleElement()
                .asString()
                .endsWith("is none of those that scheduler 'scx-old' is for: kernels = 5.15");
        assertThat(outcome.timings()).doesNotContainKeys("prepare", "boot");
        assertThat(ReportText.failure(outcome)).startsWith("ktstr_test 'needsAnOldKernel' [sched=scx-old]");
        JsonNode sidecar = Runs.sidecar(outcome);
        assertThat(sidecar.path("verdict").asText()).isEqualTo("skip");
    }

    @Test
    void aMissingSchedulerIsFoundBeforeAnythingBoots() {
        VariantRun.Ended ended = Runs.run("missing", ctx -> null);
        assertThat(failed(ended).details().get(0)).contains("no program 'scx-there-is-no-such-program'");
        assertThat(ended.setupFailed()).isTrue();
        assertThat(ended.outcome().timings()).doesNotContainKey("boot");
    }
}
