package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

interface InterfaceGood {
    @KtstrTest
    static void needsNoInstance(Ctx ctx) {}
}
