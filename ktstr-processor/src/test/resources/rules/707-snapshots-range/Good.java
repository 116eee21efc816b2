package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class RangeGood {
    @KtstrTest(numSnapshots = 64, postVm = "after")
    void most(Ctx ctx) {}

    @KtstrTest(numSnapshots = 0)
    void none(Ctx ctx) {}

    void after(VmResult result) {}
}
