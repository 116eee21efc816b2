package dev.ktstr.it;

import static java.time.Duration.ofMillis;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.Ctx;
import dev.ktstr.WorkType;

/** Work that more than one test, or benchmark, gives to a guest. */
public final class Workloads {
    private Workloads() {}

    /** Two that spin, two that run half of the time. */
    public static AssertResult mixed(Ctx ctx) {
        return ctx.executeDefs(
                CgroupDef.named("spinners").workers(2),
                CgroupDef.named("sleepers").workers(2).workType(WorkType.bursty(ofMillis(5), ofMillis(5))));
    }
}
