package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class TwiceGood {
    @KtstrTest
    void steady(Ctx ctx) {}

    void steady(Ctx ctx, int workers) {}
}
