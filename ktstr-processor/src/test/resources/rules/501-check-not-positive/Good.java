package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class CheckPositiveGood {
    @KtstrTest(maxGapMs = 1, maxSpreadPct = 0.1, maxThroughputCv = 0.01)
    void strict(Ctx ctx) {}
}
