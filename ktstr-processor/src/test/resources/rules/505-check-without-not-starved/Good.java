package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "spread-set", binary = "b", checks = @Checks(maxSpreadPct = 10.0))
interface SpreadSet {}

class NotStarvedGood {
    // Switching an inherited check off is what notStarved = false is for.
    @KtstrTest(scheduler = SpreadSet.class, notStarved = false, maxThroughputCv = 0.5)
    void offOnPurpose(Ctx ctx) {}

    @KtstrTest(scheduler = SpreadSet.class, notStarved = true, maxGapMs = 100)
    void on(Ctx ctx) {}
}
