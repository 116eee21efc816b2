package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

abstract class AbstractGood {
    @KtstrTest
    static void needsNoInstance(Ctx ctx) {}

    abstract void other();
}
