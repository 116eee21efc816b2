package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "a-scheduler", binary = "b")
interface AScheduler {}

class NotSchedulerGood {
    @KtstrTest(scheduler = AScheduler.class)
    void underTest(Ctx ctx) {}

    @KtstrTest(scheduler = Eevdf.class)
    void kernelsOwn(Ctx ctx) {}
}
