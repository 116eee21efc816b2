package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

abstract class AbstractClassBad {
    @KtstrTest
    void onInstance(Ctx ctx) {}
}

interface InterfaceBad {
    @KtstrTest
    default void onInstance(Ctx ctx) {}
}

enum EnumBad {
    A;

    @KtstrTest
    void onInstance(Ctx ctx) {}
}
