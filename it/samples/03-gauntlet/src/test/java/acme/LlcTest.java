package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.KtstrTest;
import java.util.ArrayList;
import java.util.List;

/** One test, written once; the gauntlet runs it on each topology under each flag profile. */
class LlcTest {
    @KtstrTest(scheduler = KtstrSched.class, durationS = 2, memoryMb = 512, isolation = true, maxSpreadPct = 50.0, maxGapMs = 8000)
    AssertResult everyLlcRunsItsOwn(Ctx ctx) {
        List<CgroupDef> groups = new ArrayList<>();
        for (int llc = 0; llc < ctx.topo().llcs().size(); llc++) {
            groups.add(CgroupDef.named("llc_" + llc)
                    .workers(2)
                    .workType(WorkType.bursty())
                    .cpuset(CpusetSpec.llc(llc)));
        }
        return ctx.executeDefs(groups.toArray(CgroupDef[]::new));
    }
}
