package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class WithPost {
    @KtstrTest(numSnapshots = 3, postVm = "after")
    void looks(Ctx ctx) {}

    void after(VmResult result) {}
}
