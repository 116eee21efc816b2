package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;

/**
 * Step 7: what must hold.
 *
 * <p>Without a word, no worker may starve, wait too long, or get much less of the CPU than the others of its cgroup. Beyond that a
 * test says itself what good is: thresholds for what every cgroup must hold, claims for single values.
 */
class Step07AssertionsTest {
    /**
     * Thresholds. {@code maxThroughputCv} finds workers that get less done in the same CPU time; all of them being equally slow passes
     * it, and that is what {@code minWorkRate} is for. Both look at work per second of CPU time: how much of the CPU a worker
     * got is the business of {@code maxSpreadPct}.
     */
    @KtstrTest(
            scheduler = KtstrSched.class,
            llcs = 2,
            cores = 2,
            durationS = 2,
            isolation = true,
            maxSpreadPct = 20.0,
            maxThroughputCv = 0.5,
            minWorkRate = 1.0)
    AssertResult thresholds(Ctx ctx) {
        return ctx.executeDefs(
                CgroupDef.named("left").workers(2).cpuset(CpusetSpec.llc(0)),
                CgroupDef.named("right").workers(2).cpuset(CpusetSpec.llc(1)));
    }

    /**
     * Claims. The typed ones are named after the values, so that a value that is renamed breaks the build and not just a message;
     * {@code claim} takes any value of your own. All are judged and told, not the first that fails only.
     */
    @KtstrTest(scheduler = KtstrSched.class, cores = 2, durationS = 2)
    AssertResult claimsOnValues(Ctx ctx) {
        AssertResult result =
                ctx.executeDefs(CgroupDef.named("pair").workers(2).workType(WorkType.futexPingPong()));
        CgroupStats pair = result.cgroup("pair");
        Claims claims = ctx.claims();
        CgroupStatsClaims.of(claims, pair).iterations().atLeast(100);
        // Half a second: far above what any sound scheduler needs, also in an emulated guest.
        CgroupStatsClaims.of(claims, pair).p99WakeLatencyNs().between(1, 500_000_000);
        // A turn of the one is followed by a turn of the other. Which one the stop finds ahead is chance.
        claims.claim(
                        "turns of the first less those of the second",
                        pair.workers().get(0).iterations() - pair.workers().get(1).iterations())
                .between(-1, 1);
        return result.and(claims.result());
    }
}
