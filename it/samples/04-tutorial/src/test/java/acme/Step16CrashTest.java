package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.BpfMapWrite;
import dev.ktstr.annotations.KtstrTest;

/**
 * Step 16: a failure that is meant to be.
 *
 * <p>A scheduler has paths for its own failures, and nobody sees them break until they are needed. Here the host writes into one of the
 * scheduler's variables while it runs, the scheduler finds it there and ends itself by {@code scx_bpf_error}, and the test passes when its
 * words are those that it is meant to say, and fails when it says others or lives on.
 */
class Step16CrashTest {
    @KtstrTest(
            scheduler = KtstrSched.class,
            cores = 2,
            durationS = 10,
            bpfMapWrite = @BpfMapWrite(map = ".bss", variable = "crash", value = 1),
            expectErr = true,
            expectScxBpfErrorContains = "ktstr: host-triggered crash")
    AssertResult crashPathSaysWhatItIsMeantToSay(Ctx ctx) {
        return ctx.executeDefs(CgroupDef.named("spinners").workers(2));
    }
}
