package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Captures of a scheduler's state, by the clock and by name, and the method that judges them afterwards. */
class SnapshotIT {
    private final Fixtures fixtures = new Fixtures();

    @Test
    void capturesAreTakenWhenTheyAreDueAndJudgedWhenTheGuestHasEnded() throws IOException {
        Outcome outcome = Runs.run("isCaptured", fixtures::isCaptured).outcome();
        assertThat(outcome.details()).isEmpty();
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        JsonNode snapshots = new ObjectMapper()
                .readTree(outcome.sidecar().orElseThrow().toFile())
                .path("snapshots");
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
}
