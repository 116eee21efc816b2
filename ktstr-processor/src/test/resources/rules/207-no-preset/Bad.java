package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "no-preset", binary = "b", constraints = @TopologyConstraints(minLlcs = 9, maxLlcs = 11))
interface NoPresetSched {}

class NoPresetBad {
    @KtstrTest(minLlcs = 9)
    void betweenTheSizes(Ctx ctx) {}

    @KtstrTest(requiresSmt = true, maxCpus = 7)
    void smallSmt(Ctx ctx) {}

    @KtstrTest(scheduler = NoPresetSched.class)
    void inherits(Ctx ctx) {}
}
