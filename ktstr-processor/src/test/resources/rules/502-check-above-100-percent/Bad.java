package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class PercentBad {
    @KtstrTest(maxSpreadPct = 100.5)
    void neverFails(Ctx ctx) {}
}
