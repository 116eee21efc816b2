package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class NotANumberGood {
    @KtstrTest(maxThroughputCv = 0.5, minWorkRate = 1e9)
    void comparable(Ctx ctx) {}
}
