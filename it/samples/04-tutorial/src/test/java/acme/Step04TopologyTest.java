package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;

/**
 * Step 4: where it runs.
 *
 * <p>The guest's CPUs are the test's to choose, whatever the host has. The last-level cache is the border that matters: a scheduler
 * that knows nothing of caches looks fine as long as there is one.
 */
class Step04TopologyTest {
    /**
     * Two caches with two cores each, and a cgroup on either. {@code isolation} makes the cpusets a promise that is checked: a worker
     * seen on another CPU fails the test. It is off unless asked for.
     */
    @KtstrTest(scheduler = KtstrSched.class, llcs = 2, cores = 2, threads = 1, durationS = 2, isolation = true)
    AssertResult oneCacheEach(Ctx ctx) {
        return ctx.executeDefs(
                CgroupDef.named("left").workers(2).workType(WorkType.spinWait()).cpuset(CpusetSpec.llc(0)),
                CgroupDef.named("right").workers(2).workType(WorkType.spinWait()).cpuset(CpusetSpec.llc(1)));
    }

    /**
     * {@code ctx.topo()} is what the guest's kernel found, not what the annotation says. A body that asks it instead of counting itself
     * also holds on the other topologies of the gauntlet.
     */
    @KtstrTest(scheduler = KtstrSched.class, llcs = 2, cores = 1, threads = 2, durationS = 1, isolation = true)
    AssertResult oneWorkerPerCpu(Ctx ctx) {
        CgroupDef[] defs = new CgroupDef[ctx.topo().llcs().size()];
        for (int llc = 0; llc < defs.length; llc++) {
            defs[llc] = CgroupDef.named("llc_" + llc)
                    .workers(ctx.topo().cpusOfLlc(llc).size())
                    .cpuset(CpusetSpec.llc(llc));
        }
        return ctx.executeDefs(defs);
    }
}
