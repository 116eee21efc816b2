package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class RangeBad {
    @KtstrTest(numSnapshots = -1)
    void negative(Ctx ctx) {}

    @KtstrTest(numSnapshots = 65)
    void many(Ctx ctx) {}
}
