package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PostKnown {
    @KtstrTest(postVm = "dispatchAdvances")
    void near(Ctx ctx) {}

    static void dispatchAdvances(VmResult result) {}
}
