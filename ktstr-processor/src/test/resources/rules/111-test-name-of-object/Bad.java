package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ObjectBad {
    @KtstrTest
    AssertResult toString(Ctx ctx) {
        return new AssertResult();
    }

    @KtstrTest
    void notify(Ctx ctx) {}
}
