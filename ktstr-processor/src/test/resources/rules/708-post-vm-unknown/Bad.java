package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PostUnknown {
    @KtstrTest(postVm = "dispachAdvances")
    void near(Ctx ctx) {}

    @KtstrTest(postVm = "somethingElse")
    void far(Ctx ctx) {}

    void dispatchAdvances(VmResult result) {}
}
