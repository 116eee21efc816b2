package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ParametersGood {
    @KtstrTest
    void one(final Ctx anyName) {}
}
