package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PayloadWrong {
    @KtstrTest(payload = String.class)
    void single(Ctx ctx) {}

    @KtstrTest(workloads = {int.class, PayloadWrong.class})
    void several(Ctx ctx) {}
}
