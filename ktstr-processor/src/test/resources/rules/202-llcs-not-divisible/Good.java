package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "divisible-good", binary = "b", topology = @Topology(numaNodes = 2, llcs = 4))
interface DivisibleGoodSched {}

class DivisibleGood {
    @KtstrTest(scheduler = DivisibleGoodSched.class, llcs = 6)
    void nodesInherited(Ctx ctx) {}

    // Written with its default value, which is not the same as not written: the scheduler's two nodes do not count.
    @KtstrTest(scheduler = DivisibleGoodSched.class, numaNodes = 1, llcs = 3)
    void writtenDefaultWins(Ctx ctx) {}
}
