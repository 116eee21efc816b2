package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ObjectGood {
    @KtstrTest
    void toStringOfReport(Ctx ctx) {}

    @KtstrTest
    void equals(Ctx ctx) {}
}
