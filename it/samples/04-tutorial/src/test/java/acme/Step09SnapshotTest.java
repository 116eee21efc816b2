package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.snapshot.Snapshot;

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
}
