package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class TwiceBad {
    @KtstrTest
    void steady(Ctx ctx) {}

    @KtstrTest
    void steady(Ctx ctx, int workers) {}
}
