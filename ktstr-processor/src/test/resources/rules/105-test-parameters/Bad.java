package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ParametersBad {
    @KtstrTest
    void none() {}

    @KtstrTest
    void other(String ctx) {}

    @KtstrTest
    void two(Ctx ctx, int n) {}

    @KtstrTest
    void many(Ctx... ctx) {}
}
