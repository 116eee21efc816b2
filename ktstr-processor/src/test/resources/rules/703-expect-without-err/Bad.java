package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class ExpectBad {
    @KtstrTest(expectScxBpfErrorContains = "stall")
    void contains(Ctx ctx) {}

    @KtstrTest(expectErr = false, expectScxBpfErrorMatches = "sta.l")
    void matches(Ctx ctx) {}
}
