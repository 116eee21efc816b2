package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ConstructorBad {
    ConstructorBad(int cpus) {}

    @KtstrTest
    void onInstance(Ctx ctx) {}
}

class PrivateConstructorBad {
    private PrivateConstructorBad() {}

    @KtstrTest
    void onInstance(Ctx ctx) {}
}
