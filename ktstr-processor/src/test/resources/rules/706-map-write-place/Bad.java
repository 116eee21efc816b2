package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "place-sched", binary = "b")
interface PlaceSched {}

class PlaceBad {
    @KtstrTest(scheduler = PlaceSched.class, bpfMapWrite = @BpfMapWrite(map = ".bss", variable = "x", offset = 4, value = 1))
    void w0(Ctx ctx) {}

    @KtstrTest(scheduler = PlaceSched.class, bpfMapWrite = @BpfMapWrite(map = ".bss", value = 1))
    void w1(Ctx ctx) {}

    @KtstrTest(scheduler = PlaceSched.class, bpfMapWrite = @BpfMapWrite(map = ".bss", offset = 6, value = 1))
    void w2(Ctx ctx) {}

    @KtstrTest(scheduler = PlaceSched.class, bpfMapWrite = @BpfMapWrite(map = ".bss", offset = -4, value = 1))
    void w3(Ctx ctx) {}

    @KtstrTest(scheduler = PlaceSched.class, bpfMapWrite = @BpfMapWrite(map = ".bss", offset = 0, value = -1))
    void w4(Ctx ctx) {}

    @KtstrTest(scheduler = PlaceSched.class, bpfMapWrite = @BpfMapWrite(map = ".bss", offset = 0, value = 4294967296L))
    void w5(Ctx ctx) {}

    @KtstrTest(scheduler = PlaceSched.class, bpfMapWrite = @BpfMapWrite(map = "", offset = 0, value = 1))
    void w6(Ctx ctx) {}
}
