package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class WriteNoneBad {
    @KtstrTest(bpfMapWrite = @BpfMapWrite(map = ".bss", variable = "crash", value = 1))
    void onEevdf(Ctx ctx) {}
}
