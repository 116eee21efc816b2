package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "write-sched", binary = "b")
interface WriteSched {}

class WriteGood {
    @KtstrTest(scheduler = WriteSched.class, bpfMapWrite = @BpfMapWrite(map = ".bss", variable = "crash", value = 4294967295L))
    void byName(Ctx ctx) {}
}
