package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.snapshot.Sample;
import dev.ktstr.snapshot.SampleSeries;
import dev.ktstr.snapshot.Snapshot;
import java.util.List;

/**
 * Step 9: what the scheduler was thinking.
 *
 * <p>Figures of the workers say that something is wrong; the scheduler's own state says what. A capture stops the guest and reads all
 * BPF maps from outside, so the scheduler needs no code for it and cannot notice.
 */
class Step09SnapshotTest {
    /**
     * A step's ops come before its hold. To see the scheduler at work, let the workers live in the backdrop and take the captures in
     * steps beside them.
     */
    @KtstrTest(scheduler = KtstrSched.class, cores = 2, durationS = 2, postVm = "dispatchedMeanwhile")
    AssertResult capturesTwice(Ctx ctx) {
        return ctx.executeScenario(
                // More workers than CPUs: each end of a slice is a decision.
                Backdrop.of(CgroupDef.named("spinners").workers(4)),
                Step.ops(HoldSpec.frac(0.5), Op.captureSnapshot("early")),
                Step.ops(HoldSpec.frac(0.5), Op.captureSnapshot("halfway")));
    }

    /**
     * Called on the host when the guest is gone. Globals are read by the names that they have in the scheduler's source, with their
     * types from its BTF; what is constant there ({@code slice_ns}) and what changes ({@code nr_dispatched}) alike.
     */
    void dispatchedMeanwhile(VmResult result) {
        Snapshot early = result.snapshot("early");
        Snapshot halfway = result.snapshot("halfway");
        result.claims()
                .claim("slice_ns, of --slow", halfway.var("slice_ns").asLong())
                .equalTo(20_000_000);
        result.claims()
                .claim("nr_dispatched", halfway.var("nr_dispatched").asLong())
                .above(early.var("nr_dispatched").asLong());
    }

    /**
     * The moment of a write. A watchpoint stops the guest each time the scheduler counts up, right behind the instruction that did; the
     * first 32 writes are captured, for a counter like this one never ends.
     */
    @KtstrTest(scheduler = KtstrSched.class, cores = 2, durationS = 2, notStarved = false, postVm = "countsUp")
    AssertResult watchesACounter(Ctx ctx) {
        return ctx.executeSteps(new Step(
                List.of(CgroupDef.named("spinners").workers(4)),
                List.of(Op.watchSnapshot("nr_enqueued")),
                HoldSpec.FULL));
    }

    /** Where two CPUs write at the same moment, both captures show both. */
    void countsUp(VmResult result) {
        SampleSeries writes = result.samples().writesTo("nr_enqueued");
        result.claims().claim("captures", writes.samples().size()).equalTo(32);
        writes.longs("nr_enqueued").nondecreasing(result.claims());
        // Who wrote, and where it was: registers and runqueue counters are part of each capture.
        Sample first = writes.samples().get(0);
        int cpu = first.write().orElseThrow().cpu();
        result.claims().claim("context switches of the writer", first.snapshot().cpu(cpu).counter("nr_switches")).above(0);
    }
}
