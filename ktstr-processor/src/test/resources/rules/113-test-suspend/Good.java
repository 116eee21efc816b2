package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class SuspendGood {
    @KtstrTest
    void waits(Ctx ctx) {}
}
