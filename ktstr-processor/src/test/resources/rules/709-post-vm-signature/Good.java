package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PostShapeGood {
    @KtstrTest(postVm = "after")
    void a(Ctx ctx) {}

    void after(VmResult result) throws Exception {}

    void after(String text) {}
}
