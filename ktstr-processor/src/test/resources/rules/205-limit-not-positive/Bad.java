package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "limit-bad", binary = "b", constraints = @TopologyConstraints(minCpus = 0))
interface LimitBad {}

class LimitTestBad {
    @KtstrTest(maxLlcs = 0)
    void noLlcs(Ctx ctx) {}

    @KtstrTest(minNumaNodes = -1)
    void negative(Ctx ctx) {}
}
