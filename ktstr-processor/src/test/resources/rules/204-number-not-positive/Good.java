package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "numbers-good", binary = "b")
interface NumbersGoodSched {}

class NumbersGood {
    @KtstrTest(scheduler = NumbersGoodSched.class, memoryMb = 1, durationS = 1, workersPerCgroup = 1)
    void allOfThem(Ctx ctx) {}
}
