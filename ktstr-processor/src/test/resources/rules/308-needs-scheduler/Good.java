package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "needed", binary = "b")
interface Needed {}

class NeedsSchedulerGood {
    @KtstrTest(scheduler = Needed.class, extraSchedArgs = "--slow")
    void oneNamed(Ctx ctx) {}
}
