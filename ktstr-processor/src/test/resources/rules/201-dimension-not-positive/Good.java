package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "dimension-good", binary = "b", topology = @Topology(numaNodes = 1, llcs = 1, cores = 1, threads = 1))
interface DimensionGoodSched {}

class DimensionGood {
    @KtstrTest(scheduler = DimensionGoodSched.class, cores = 1)
    void smallest(Ctx ctx) {}
}
