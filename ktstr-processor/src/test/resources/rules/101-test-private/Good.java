package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class PrivateGood {
    @KtstrTest
    void packagePrivate(Ctx ctx) {}

    @KtstrTest
    protected void inherited(Ctx ctx) {}

    @KtstrTest
    public void open(Ctx ctx) {}
}
