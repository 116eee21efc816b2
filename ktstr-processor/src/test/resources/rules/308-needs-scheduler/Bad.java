package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class NeedsSchedulerBad {
    @KtstrTest(extraSchedArgs = "--slow")
    void noneNamed(Ctx ctx) {}

    @KtstrTest(scheduler = Eevdf.class, extraSchedArgs = {})
    void kernelsOwn(Ctx ctx) {}
}
