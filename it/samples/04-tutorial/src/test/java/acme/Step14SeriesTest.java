package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.snapshot.SampleSeries;

/**
 * Step 14: what holds over time.
 *
 * <p>One capture shows a state. A row of them shows whether counters only grow, rates stay steady, a value settles. The clock takes them,
 * evenly spread over the middle 80 % of the scenario, so the body stays as it was.
 */
class Step14SeriesTest {
    @KtstrTest(scheduler = KtstrSched.class, cores = 2, durationS = 3, numSnapshots = 5, postVm = "dispatchGoesOn")
    AssertResult dispatches(Ctx ctx) {
        // Twice as many workers as CPUs, so that there is something to dispatch in every slice.
        return ctx.executeDefs(CgroupDef.named("spinners").workers(4));
    }

    /**
     * Each pattern tells at which sample it broke. {@code periodicOnly} leaves out what {@code Op.captureSnapshot} took: those have no
     * even distance.
     */
    void dispatchGoesOn(VmResult result) {
        SampleSeries series = result.samples().periodicOnly();
        Claims claims = result.claims();
        claims.claim("periodic captures", series.samples().size()).equalTo(5);
        series.longs("nr_dispatched").strictlyIncreasing(claims);
        // What --slow promises: no task goes round the queue.
        series.longs("nr_direct").each(claims).atMost(0);
        // Globals of one sample belong together, for they were read while nothing moved.
        series.truths(
                        "dispatched from the queue what was put there",
                        snapshot -> snapshot.var("nr_dispatched").asLong()
                                <= snapshot.var("nr_enqueued").asLong())
                .alwaysTrue(claims);
    }
}
