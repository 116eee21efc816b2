package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class ExpectGood {
    @KtstrTest(expectErr = true, expectScxBpfErrorContains = "stall", expectScxBpfErrorMatches = "sta.l")
    void both(Ctx ctx) {}
}
