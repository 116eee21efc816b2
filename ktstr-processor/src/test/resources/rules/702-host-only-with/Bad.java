package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "host-sched", binary = "b")
interface HostSched {}

class HostBad {
    @KtstrTest(hostOnly = true, scheduler = HostSched.class)
    void withScheduler(Ctx ctx) {}

    @KtstrTest(hostOnly = true, llcs = 2)
    void withTopology(Ctx ctx) {}

    @KtstrTest(hostOnly = true, performanceMode = true)
    void withPerformance(Ctx ctx) {}

    @KtstrTest(hostOnly = true, numSnapshots = 2, postVm = "after")
    void withSnapshots(Ctx ctx) {}

    void after(VmResult result) {}
}
