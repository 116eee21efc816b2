package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "effect-sched", binary = "b")
interface EffectSched {}

class Effect {
    @KtstrTest(scheduler = EffectSched.class, extraSchedArgs = "--slow")
    void program(Ctx ctx) {}

    @KtstrTest(hostOnly = true, durationS = 5)
    void onHost(Ctx ctx) {}
}
