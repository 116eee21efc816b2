package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What goes with a run from beside it: the monitor, the watchdog's limit, writes into maps. */
class MonitorIT {
    private static final Pattern WAITED = Pattern.compile("(?:failed to run|failed to check in) for (\\d+)\\.");

    private final Fixtures fixtures = new Fixtures();

    @Test
    void aHealthyRunHasASummaryAndATimelineAndNoLine() throws IOException {
        Outcome outcome = Runs.run("confined", fixtures::confined).outcome();
        assertThat(outcome.verdict()).as(outcome.details().toString()).isEqualTo(Verdict.PASS);
        JsonNode monitor = Runs.sidecar(outcome).path("monitor");
        assertThat(monitor.path("samples").asInt()).isGreaterThan(10);
        assertThat(monitor.path("intervalMs").asInt()).isEqualTo(100);
        assertThat(monitor.path("cpus")).hasSize(4);
        assertThat(monitor.at("/cpus/0/switches").asLong()).isPositive();
        assertThat(monitor.at("/cpus/0/schedstat/rqCpuTimeNs").asLong()).isPositive();
        assertThat(monitor.path("maxLocalDsqDepth").isNumber()).isTrue();
        assertThat(monitor.path("schedDomains")).isNotEmpty();
        JsonNode timeline = Runs.sidecar(outcome).path("timeline");
        assertThat(timeline.path("phases").findValuesAsText("name")).contains("step 1");
        assertThat(timeline.path("rows")).isNotEmpty();
    }

    @Test
    void aStalledSchedulerIsSeenFromOutsideAndTheTimelineShowsWhen() {
        Outcome outcome = Runs.run("stalls", fixtures::stalls).outcome();
        assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(outcome.details())
                .anySatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "cpu\\d stalled: (?:rq clock stood still|it ran next to nothing) for \\d+ms with \\d+ runnable tasks? at \\+\\d+ms .*"));
        assertThat(ReportText.failure(outcome)).contains("--- timeline ---", "nr_running of cpu 0 1");
        assertThat(outcome.sections().get("scheduler state"))
                .contains("map scx_ktst.bss (type=array, value_size=", "  .bss:", "    stall=1", "slice_ns=10000000");
    }

    @Test
    void aLongerLimitOfTheWatchdogIsKeptByTheKernel() throws IOException {
        Outcome outcome = Runs.run("stallsUnderALongerLimit", fixtures::stallsUnderALongerLimit)
                .outcome();
        Matcher waited = WAITED.matcher(String.join("\n", outcome.details()));
        assertThat(waited.find()).as(outcome.details().toString()).isTrue();
        assertThat(Integer.parseInt(waited.group(1))).isGreaterThanOrEqualTo(5);
        assertThat(Runs.sidecar(outcome).at("/watchdog/ofSchedulerMs").asInt()).isEqualTo(2000);
        assertThat(Runs.sidecar(outcome).at("/watchdog/setToMs").asInt()).isEqualTo(5000);
    }

    @Test
    void aShorterLimitEndsNoHealthyScheduler() throws IOException {
        Outcome outcome = Runs.run("livesUnderAShorterLimit", fixtures::livesUnderAShorterLimit)
                .outcome();
        assertThat(outcome.details()).isEmpty();
        assertThat(Runs.sidecar(outcome).at("/watchdog/setToMs").asInt()).isEqualTo(1000);
        assertThat(Runs.sidecar(outcome).path("notes").toString()).contains("3 s after the scheduler was attached");
    }

    @Test
    void aWriteIntoAGlobalTakesEffectBeforeTheBodyRuns() throws IOException {
        Outcome outcome =
                Runs.run("crashesByAMapWrite", fixtures::crashesByAMapWrite).outcome();
        assertThat(outcome.verdict()).as(outcome.details().toString()).isEqualTo(Verdict.PASS);
        assertThat(Runs.sidecar(outcome).at("/bpfMapWrites/0/variable").asText())
                .isEqualTo("crash");
    }

    @Test
    void aWriteIntoWhatIsNotThereNamesWhatIs() {
        Outcome outcome = Runs.run("writesIntoWhatIsNotThere", ctx -> null).outcome();
        assertThat(outcome.details().get(0))
                .startsWith("bpfMapWrite(map = \".bss\", variable = \"crsh\", value = 1): map ")
                .contains("has no variable 'crsh'; did you mean 'crash'?");
    }

    @Test
    void withoutItNothingIsSampled() throws IOException {
        Outcome outcome =
                Runs.run("boots", Map.of("ktstr.monitor", "false"), ctx -> null).outcome();
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        assertThat(Runs.sidecar(outcome).has("monitor")).isFalse();
        assertThat(Runs.sidecar(outcome).has("timeline")).isFalse();
    }
}
