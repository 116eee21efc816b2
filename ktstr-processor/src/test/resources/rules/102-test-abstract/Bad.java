package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

abstract class AbstractBad {
    @KtstrTest
    abstract void nothingToRun(Ctx ctx);
}
