package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ReturnGood {
    @KtstrTest
    void throwsWhenWrong(Ctx ctx) throws Exception {}

    @KtstrTest
    AssertResult judged(Ctx ctx) {
        return new AssertResult();
    }
}
