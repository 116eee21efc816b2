package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "divisible-bad", binary = "b", topology = @Topology(numaNodes = 2, llcs = 4))
interface DivisibleBadSched {}

@Scheduler(name = "divisible-worse", binary = "b", topology = @Topology(numaNodes = 3))
interface DivisibleWorseSched {}

class DivisibleBad {
    @KtstrTest(numaNodes = 2, llcs = 3)
    void ownBoth(Ctx ctx) {}

    @KtstrTest(numaNodes = 2)
    void againstDefault(Ctx ctx) {}

    @KtstrTest(scheduler = DivisibleBadSched.class, llcs = 3)
    void nodesInherited(Ctx ctx) {}

    @KtstrTest(scheduler = DivisibleBadSched.class, numaNodes = 3)
    void llcsInherited(Ctx ctx) {}

    // Inherits all that is wrong: reported once, at the scheduler.
    @KtstrTest(scheduler = DivisibleWorseSched.class, cores = 3)
    void nothingOfItsOwn(Ctx ctx) {}
}
