package acme;

import dev.ktstr.Assert;
import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.Ctx;
import dev.ktstr.HoldSpec;
import dev.ktstr.Step;
import dev.ktstr.WorkType;
import dev.ktstr.annotations.KtstrTest;
import java.nio.file.Path;
import java.util.List;

/** Workers that are programs of our own: servers that wait for requests. */
class ServerTest {
    private static final Path WORKER = Path.of("target/worker");

    /**
     * Two servers beside a batch job, on two CPUs. A server that waits for requests is off its CPU for most of the time, and by
     * chance: how much two of them differ in that says nothing, so the spread is not judged. That they were served is.
     */
    @KtstrTest(cores = 2, durationS = 2, notStarved = true, maxGapMs = 500)
    AssertResult requestsAreServedBesideABatchJob(Ctx ctx) {
        Step step = Step.of(
                HoldSpec.FULL,
                CgroupDef.named("servers").workers(2).workType(WorkType.custom(WORKER, "100", "20000")),
                CgroupDef.named("batch").workers(1));
        return ctx.executeStepsWith(Assert.NO_OVERRIDES.maxSpreadPct(100).minIterationRate(5), List.of(step));
    }
}
