package dev.ktstr.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.Ctx;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.Options;
import dev.ktstr.run.Shape;
import dev.ktstr.run.TestEntries;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostOnlyRunTest {
    @TempDir
    Path temp;

    private VariantRun.Ended run(VariantRun.Body body) {
        Options options = new Options(name -> name.equals("ktstr.sidecar.dir") ? temp.toString() : null, name -> null);
        return new HostOnlyRun(Shape.base(TestEntries.of("acme.T#runsOnTheHost")), options, temp).execute(body);
    }

    @Test
    void theBodyRunsOnThisHostAndTheResultSaysSo() throws IOException {
        int cpus = HostTopology.read().cpuCount();
        VariantRun.Ended ended = run(ctx -> {
            assertThat(ctx.topo().cpuCount()).isEqualTo(cpus);
            assertThat(ctx.scheduler()).isNotEmpty();
            return null;
        });
        assertThat(ended.outcome().verdict())
                .as(ended.outcome().details().toString())
                .isEqualTo(Verdict.PASS);
        JsonNode sidecar = new ObjectMapper()
                .readTree(ended.outcome().sidecar().orElseThrow().toFile());
        assertThat(sidecar.path("hostOnly").asBoolean()).isTrue();
        assertThat(sidecar.path("verdict").asText()).isEqualTo("pass");
        assertThat(sidecar.has("backend")).isFalse();
        assertThat(ReportText.line(ended.outcome())).contains("ktstr/runsOnTheHost [host only]");
    }

    @Test
    void whatNeedsAGuestSaysThatThereIsNone() {
        VariantRun.Ended asked = run(ctx -> {
            assertNoGuest(() -> ctx.guest());
            assertNoGuest(() -> ctx.executeDefs(CgroupDef.named("a")));
            assertNoGuest(ctx::runPayload);
            assertNoGuest(ctx::cgroups);
            return AssertResult.pass();
        });
        assertThat(asked.outcome().details()).isEmpty();
        VariantRun.Ended ended = run(Ctx::runPayload);
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.FAIL);
        assertThat(ended.outcome().details().get(0)).contains("is hostOnly: it has no guest");
        assertThat(ended.cause()).isPresent();
    }

    private static void assertNoGuest(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatIllegalStateException()
                .isThrownBy(call)
                .withMessageContaining("test 'acme.T#runsOnTheHost' is hostOnly")
                .withMessageContaining("mvn ktstr:run");
    }

    @Test
    void aFailureIsAFailure() {
        assertThat(run(ctx -> AssertResult.fail("too slow")).outcome().verdict())
                .isEqualTo(Verdict.FAIL);
        assertThat(run(ctx -> AssertResult.inconclusive("stolen")).outcome().verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
    }
}
