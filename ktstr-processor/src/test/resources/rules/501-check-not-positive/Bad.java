package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class CheckPositiveBad {
    @KtstrTest(maxGapMs = 0, maxSpreadPct = -1, maxThroughputCv = 0.0)
    void neverMet(Ctx ctx) {}
}

@Scheduler(name = "check-positive", binary = "b", checks = @Checks(maxGapMs = -5))
interface CheckPositiveBadSched {}
