package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "fraction-sched", binary = "b", checks = @Checks(minPageLocality = 90.0))
interface FractionSched {}

class FractionBad {
    @KtstrTest(maxSlowTierRatio = -0.1)
    void negative(Ctx ctx) {}

    @KtstrTest(maxCrossNodeMigrationRatio = 1.5)
    void above(Ctx ctx) {}
}
