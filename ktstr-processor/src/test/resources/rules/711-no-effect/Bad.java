package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "builtin-sched", kernelBuiltinEnable = "a", kernelBuiltinDisable = "b")
interface BuiltinSched {}

class NoEffect {
    @KtstrTest(scheduler = BuiltinSched.class, extraSchedArgs = "--slow")
    void noProgram(Ctx ctx) {}

    @KtstrTest(hostOnly = true, maxLlcs = 2)
    void noGauntlet(Ctx ctx) {}
}

@Payload(binary = "fio", metrics = @Metric(name = "iops"))
class NoOutput {}
