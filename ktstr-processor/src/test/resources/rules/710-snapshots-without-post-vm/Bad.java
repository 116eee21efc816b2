package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class NoPost {
    @KtstrTest(numSnapshots = 3)
    void nobodyLooks(Ctx ctx) {}
}
