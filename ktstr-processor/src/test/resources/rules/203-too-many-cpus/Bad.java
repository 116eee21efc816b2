package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "cpus-bad", binary = "b", topology = @Topology(llcs = 64))
interface CpusBadSched {}

class CpusBad {
    @KtstrTest(llcs = 64, cores = 65)
    void justAbove(Ctx ctx) {}

    @KtstrTest(scheduler = CpusBadSched.class, cores = 64, threads = 2)
    void withInherited(Ctx ctx) {}

    @KtstrTest(llcs = 2147483647, cores = 2147483647, threads = 2147483647)
    void wouldOverflow(Ctx ctx) {}
}
