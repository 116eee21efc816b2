package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class PerfBad {
    @KtstrTest(performanceMode = true, noPerfMode = true)
    void both(Ctx ctx) {}
}
