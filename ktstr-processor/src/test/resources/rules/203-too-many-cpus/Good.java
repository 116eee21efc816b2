package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class CpusGood {
    @KtstrTest(llcs = 64, cores = 32, threads = 2)
    void justEnough(Ctx ctx) {}
}
