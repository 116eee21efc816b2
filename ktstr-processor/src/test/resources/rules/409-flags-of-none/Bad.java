package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "no-flags", binary = "b")
interface NoFlags {}

class NoneBad {
    @KtstrTest(scheduler = NoFlags.class, requiredFlags = "LLC")
    void required(Ctx ctx) {}

    @KtstrTest(excludedFlags = "LLC")
    void onEevdf(Ctx ctx) {}
}
