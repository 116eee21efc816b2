package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

interface NotScheduler {}

class NotSchedulerBad {
    @KtstrTest(scheduler = NotScheduler.class)
    void plainType(Ctx ctx) {}

    @KtstrTest(scheduler = int[].class)
    void noType(Ctx ctx) {}
}
