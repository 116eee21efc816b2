package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "not-starved-off", binary = "b", checks = @Checks(notStarved = false, maxGapMs = 500))
interface NotStarvedOff {}

class NotStarvedBad {
    @KtstrTest(notStarved = false, maxSpreadPct = 20.0, maxGapMs = 100)
    void offHere(Ctx ctx) {}

    @KtstrTest(scheduler = NotStarvedOff.class, maxSpreadPct = 20.0)
    void offInherited(Ctx ctx) {}
}
