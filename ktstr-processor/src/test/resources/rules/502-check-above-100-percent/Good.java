package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class PercentGood {
    @KtstrTest(maxSpreadPct = 100, maxThroughputCv = 1.5)
    void lenient(Ctx ctx) {}
}
