package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class MemoryBad {
    @KtstrTest(memoryNodes = "lots")
    void size(Ctx ctx) {}

    @KtstrTest(memoryNodes = {"512M", "512M latency=90"})
    void half(Ctx ctx) {}

    @KtstrTest(numaNodes = 2, llcs = 2, memoryNodes = "512M")
    void tooFew(Ctx ctx) {}

    @KtstrTest(memoryMb = 512, memoryNodes = "512M")
    void both(Ctx ctx) {}

    @KtstrTest(memoryNodes = {"512M distances=10,5", "512M"})
    void tooNear(Ctx ctx) {}

    @KtstrTest(memoryNodes = {"64M"})
    void noRoomForAKernel(Ctx ctx) {}
}
