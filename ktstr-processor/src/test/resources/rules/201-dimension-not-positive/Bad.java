package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class DimensionBad {
    @KtstrTest(numaNodes = 0, llcs = -1, cores = 0, threads = 0)
    void nothing(Ctx ctx) {}
}

@Scheduler(name = "dimension-bad", binary = "b", topology = @Topology(cores = -2))
interface DimensionBadSched {}
