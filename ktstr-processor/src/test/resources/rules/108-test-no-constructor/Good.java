package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class ConstructorGood {
    ConstructorGood(int cpus) {}

    ConstructorGood() throws java.io.IOException {
        this(1);
    }

    @KtstrTest
    void onInstance(Ctx ctx) {}
}

class StaticGood {
    private StaticGood() {}

    @KtstrTest
    static void needsNoInstance(Ctx ctx) {}
}
