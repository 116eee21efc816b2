package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PatternGood {
    @KtstrTest(expectErr = true, expectScxBpfErrorMatches = "a+")
    void one(Ctx ctx) {}
}
