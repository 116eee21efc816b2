package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.KtstrTest;

/** The least test there is: boots a kernel with two CPUs, runs nothing, passes. */
class MixedTest {
    @KtstrTest(llcs = 1, cores = 2, threads = 1)
    AssertResult mixedWorkloads(Ctx ctx) {
        return AssertResult.pass();
    }
}
