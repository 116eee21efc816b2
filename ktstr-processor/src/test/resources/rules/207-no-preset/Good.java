package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class NoPresetGood {
    @KtstrTest(requiresSmt = true, maxCpus = 8)
    void smallSmt(Ctx ctx) {}

    @KtstrTest(minNumaNodes = 4, maxNumaNodes = 4)
    void fourNodes(Ctx ctx) {}
}
