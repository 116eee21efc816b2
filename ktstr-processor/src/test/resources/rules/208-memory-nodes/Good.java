package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class MemoryGood {
    @KtstrTest(numaNodes = 2, llcs = 2, memoryNodes = {
        "512M latency=90 bandwidth=50000 distances=10,20,30",
        "512M latency=90 bandwidth=50000 distances=20,10,30",
        "1G latency=300 bandwidth=20000 cache=64M distances=30,30,10"})
    void cxl(Ctx ctx) {}
}
