package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class NotANumberBad {
    @KtstrTest(maxThroughputCv = Double.NaN, minWorkRate = Double.POSITIVE_INFINITY)
    void incomparable(Ctx ctx) {}
}
