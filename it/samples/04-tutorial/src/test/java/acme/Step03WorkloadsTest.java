package acme;

import static java.time.Duration.ofMillis;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;

/**
 * Step 3: what runs.
 *
 * <p>A scheduler is only as good as the mixture it was tried with. Each kind of work asks something else of it: spinners never
 * give the CPU back, bursts have to be placed again whenever they wake, a ping-pong is as fast as one wake-up after the other.
 */
class Step03WorkloadsTest {
    /**
     * One cgroup for each kind. Fairness is judged within a cgroup, because only workers that do the same have a right to the same;
     * two kinds in one cgroup would look unfair under any scheduler.
     */
    @KtstrTest(scheduler = KtstrSched.class, cores = 4, durationS = 2)
    AssertResult threeKinds(Ctx ctx) {
        return ctx.executeDefs(
                CgroupDef.named("spinner").workers(1).workType(WorkType.spinWait()),
                CgroupDef.named("burst").workers(1).workType(WorkType.bursty(ofMillis(20), ofMillis(10))),
                // A pair takes turns, so the two need one CPU: no CPU has to be shared here.
                CgroupDef.named("pair").workers(2).workType(WorkType.futexPingPong()));
    }

    /** Two kinds that belong together, such as an application's threads, can share a cgroup. Then say that they may differ. */
    @KtstrTest(scheduler = KtstrSched.class, cores = 4, durationS = 2, maxSpreadPct = 100.0)
    AssertResult twoKindsInOneCgroup(Ctx ctx) {
        return ctx.executeDefs(CgroupDef.named("app")
                .work(WorkSpec.of(WorkType.spinWait()).workers(1))
                .work(WorkSpec.of(WorkType.pipeIo()).workers(2)));
    }
}
