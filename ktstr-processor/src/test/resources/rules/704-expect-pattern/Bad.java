package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PatternBad {
    @KtstrTest(expectErr = true, expectScxBpfErrorMatches = "(stall")
    void unclosed(Ctx ctx) {}

    @KtstrTest(expectErr = true, expectScxBpfErrorMatches = "a*")
    void matchesEmpty(Ctx ctx) {}

    @KtstrTest(expectErr = true, expectScxBpfErrorContains = "")
    void holdsEverything(Ctx ctx) {}
}
