package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class LimitGood {
    @KtstrTest(minLlcs = 1, maxLlcs = 1, minCpus = 1)
    void one(Ctx ctx) {}
}
