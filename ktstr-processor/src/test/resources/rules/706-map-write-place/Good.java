package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "place-good", binary = "b")
interface PlaceGoodSched {}

class PlaceGood {
    @KtstrTest(scheduler = PlaceGoodSched.class, bpfMapWrite = {@BpfMapWrite(map = ".bss", offset = 0, value = 0), @BpfMapWrite(map = ".bss", offset = 8, value = 1)})
    void two(Ctx ctx) {}
}
