package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "takes-none", binary = "b")
interface TakesNone {}

class NotTaken {
    @KtstrTest(scheduler = TakesNone.class, config = "{}")
    void inline(Ctx ctx) {}
}
