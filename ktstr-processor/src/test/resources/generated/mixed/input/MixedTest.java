package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.KtstrTest;

class MixedTest {
    @KtstrTest(
            scheduler = KtstrSched.class,
            llcs = 2,
            cores = 2,
            durationS = 20,
            isolation = true,
            maxSpreadPct = 20.0,
            maxThroughputCv = 0.5,
            minWorkRate = 1.0,
            extraSchedArgs = {"--trace", "a \"b\" \\ \t é"})
    AssertResult mixedWorkloads(Ctx ctx) {
        return new AssertResult();
    }

    @KtstrTest(scheduler = KtstrSched.class, notStarved = false, expectErr = true)
    void demoStall(Ctx ctx) throws Exception {}

    @KtstrTest(ignore = true, memoryMb = 512, workersPerCgroup = 4)
    static AssertResult eevdf(Ctx ctx) {
        return new AssertResult();
    }

    void helper(Ctx ctx) {}
}
