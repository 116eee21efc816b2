package dev.ktstr.it;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.CpusetSpec;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.annotations.Scheduler;

/** Variants that run in the nested lab: small, for everything there is emulated twice. */
class LabFixtures {
    @Scheduler(name = "scx-lab", binary = "scx-ktstr", schedArgs = "--stats-interval-ms=200")
    interface Healthy {}

    @KtstrTest(cores = 1, memoryMb = 512, durationS = 1)
    void one(Ctx ctx) {}

    @KtstrTest(cores = 2, memoryMb = 512, durationS = 2, maxGapMs = 20_000, maxSpreadPct = 90.0)
    AssertResult two(Ctx ctx) {
        return spin(ctx);
    }

    @KtstrTest(llcs = 2, cores = 2, memoryMb = 512, durationS = 1)
    void four(Ctx ctx) {}

    @KtstrTest(llcs = 2, cores = 2, threads = 2, memoryMb = 512, durationS = 1)
    void eightWithSmt(Ctx ctx) {}

    @KtstrTest(numaNodes = 2, llcs = 2, cores = 1, memoryMb = 512, durationS = 1)
    void twoNodes(Ctx ctx) {}

    @KtstrTest(
            scheduler = Healthy.class,
            cores = 2,
            memoryMb = 512,
            durationS = 2,
            maxGapMs = 20_000,
            maxSpreadPct = 90.0)
    AssertResult underScx(Ctx ctx) {
        return spin(ctx);
    }

    /** For the presets: boots, and has no body. */
    @KtstrTest(memoryMb = 512, durationS = 1, maxCpus = 252, maxLlcs = 15, maxNumaNodes = 4)
    void anywhere(Ctx ctx) {}

    private static AssertResult spin(Ctx ctx) {
        return ctx.executeDefs(CgroupDef.named("spinners").workers(2).cpuset(CpusetSpec.exact(0, 1)));
    }
}
