package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "numbers-bad", binary = "b")
interface NumbersBadSched {}

class NumbersBad {
    @KtstrTest(scheduler = NumbersBadSched.class, memoryMb = 0, durationS = -1, workersPerCgroup = 0)
    void allOfThem(Ctx ctx) {}
}
