package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;

/**
 * Step 6: how long, how much, how patient.
 *
 * <p>The lessons here last a second or two, so that you need not wait. Yours should last long enough that what you look for happens many
 * times: 12 s is the default.
 */
class Step06ExecutionTest {
    /** Seconds of the guest's time, workers of a cgroup that does not say how many, MiB of the guest's memory. */
    @KtstrTest(scheduler = KtstrSched.class, cores = 4, durationS = 1, workersPerCgroup = 2, memoryMb = 1024)
    AssertResult sized(Ctx ctx) {
        AssertResult result =
                ctx.executeDefs(CgroupDef.named("by_default"), CgroupDef.named("by_itself").workers(1));
        Claims claims = ctx.claims();
        CgroupStatsClaims.of(claims, result.cgroup("by_default")).workerCount().equalTo(2);
        CgroupStatsClaims.of(claims, result.cgroup("by_itself")).workerCount().equalTo(1);
        return result.and(claims.result());
    }

    /**
     * The watchdog is the kernel's: a task that was runnable for so long without being run ends the scheduler. It has nothing to do
     * with the length of the scenario. Shorten it to find a stall early, lengthen it only for a scheduler that lets tasks wait on
     * purpose.
     *
     * <p>This one leaves every task lying after a second. It has to be thrown out: a test that expects an error fails without one.
     */
    @KtstrTest(
            scheduler = KtstrSched.class,
            extraSchedArgs = {"--stall-after", "1"},
            cores = 2,
            durationS = 10,
            watchdogTimeoutS = 1,
            expectErr = true,
            // Under the scheduler's own limit it would be 5 s or more.
            expectScxBpfErrorMatches = "failed to run for [1-4]\\.")
    AssertResult watchdogEndsAStall(Ctx ctx) {
        return ctx.executeDefs(CgroupDef.named("stalled").workers(2));
    }
}
