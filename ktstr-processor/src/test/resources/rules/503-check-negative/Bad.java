package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class NegativeBad {
    @KtstrTest(minWorkRate = -0.5)
    void neverFails(Ctx ctx) {}
}
