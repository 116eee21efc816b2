package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PerfGood {
    @KtstrTest(performanceMode = true, noPerfMode = false)
    void one(Ctx ctx) {}

    @KtstrTest(noPerfMode = true)
    void other(Ctx ctx) {}
}
