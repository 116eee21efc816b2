package acme;

import static java.time.Duration.ofMillis;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;

/**
 * Step 5: work that changes.
 *
 * <p>Real programs compute, yield, sleep and compute again. A scheduler that remembers a task's past (its vruntime, its average
 * load, whether it was interactive) shows its mistakes where one phase ends and the next begins.
 */
class Step05PhasedWorkTest {
    /**
     * One cgroup keeps its CPUs busy all the time, the other goes through its phases again and again beside it. The phases are those of
     * each worker: both cgroups live through the whole scenario.
     */
    @KtstrTest(scheduler = KtstrSched.class, llcs = 2, cores = 2, durationS = 2, isolation = true)
    AssertResult phasesWithinAWorker(Ctx ctx) {
        return ctx.executeDefs(
                CgroupDef.named("background_spinner").workers(2).cpuset(CpusetSpec.llc(0)),
                CgroupDef.named("phased_worker")
                        .workers(2)
                        .workType(WorkType.sequence(Phase.spin(ofMillis(100)), Phase.yield(ofMillis(20))))
                        .cpuset(CpusetSpec.llc(1)));
    }

    /**
     * Phases of the whole scenario are steps. What a step makes ends with it; what shall live through all of them goes into the
     * backdrop.
     */
    @KtstrTest(scheduler = KtstrSched.class, llcs = 2, cores = 2, durationS = 2, isolation = true)
    AssertResult phasesOfTheScenario(Ctx ctx) {
        return ctx.executeScenario(
                Backdrop.of(CgroupDef.named("background_spinner").workers(2).cpuset(CpusetSpec.llc(0))),
                Step.ops(HoldSpec.frac(0.5)),
                Step.of(HoldSpec.frac(0.5), CgroupDef.named("late").workers(2).cpuset(CpusetSpec.llc(1))));
    }
}
