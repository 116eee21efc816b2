package acme;

import static java.time.Duration.ofMillis;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;

/** Two cgroups with different life patterns, each on its own last-level cache, under a sched_ext scheduler. */
class MixedTest {
    @KtstrTest(
            scheduler = KtstrSched.class,
            llcs = 2,
            cores = 2,
            threads = 1,
            durationS = 20,
            isolation = true,
            maxSpreadPct = 20.0,
            maxThroughputCv = 0.5,
            minWorkRate = 1.0)
    AssertResult mixedWorkloads(Ctx ctx) {
        return ctx.executeDefs(
                CgroupDef.named("background_spinner")
                        .workers(2)
                        .workType(WorkType.spinWait())
                        .cpuset(CpusetSpec.llc(0)),
                CgroupDef.named("phased_worker")
                        .workers(2)
                        .workType(WorkType.sequence(Phase.spin(ofMillis(100)), Phase.yield(ofMillis(20))))
                        .cpuset(CpusetSpec.llc(1)));
    }
}
