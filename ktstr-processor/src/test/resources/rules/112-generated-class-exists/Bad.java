package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class TakenBad {
    @KtstrTest
    void any(Ctx ctx) {}
}

class TakenBadKtstrIT {}
