package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class NegativeGood {
    @KtstrTest(minWorkRate = 0)
    void atLeastNothing(Ctx ctx) {}
}
