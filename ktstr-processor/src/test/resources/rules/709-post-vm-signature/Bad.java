package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PostShape {
    @KtstrTest(postVm = "hidden")
    void a(Ctx ctx) {}

    @KtstrTest(postVm = "returns")
    void b(Ctx ctx) {}

    @KtstrTest(postVm = "takesNothing")
    void c(Ctx ctx) {}

    @KtstrTest(postVm = "takesText")
    void d(Ctx ctx) {}

    @KtstrTest(postVm = "generic")
    void e(Ctx ctx) {}

    @SuppressWarnings("unused")
    private void hidden(VmResult result) {}

    boolean returns(VmResult result) {
        return true;
    }

    void takesNothing() {}

    void takesText(String result) {}

    <T> void generic(VmResult result) {}
}
