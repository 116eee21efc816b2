package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ReturnBad {
    @KtstrTest
    boolean passed(Ctx ctx) {
        return true;
    }

    @KtstrTest
    AssertResult[] several(Ctx ctx) {
        return new AssertResult[0];
    }
}
