package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class FractionGood {
    @KtstrTest(minPageLocality = 1.0, maxSlowTierRatio = 0.0, maxCrossNodeMigrationRatio = 0.5)
    void bounds(Ctx ctx) {}
}
