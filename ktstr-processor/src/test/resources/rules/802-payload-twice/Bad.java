package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(binary = "fio")
class FioTwice {}

class PayloadTwiceBad {
    @KtstrTest(payload = FioTwice.class, workloads = FioTwice.class)
    void inBoth(Ctx ctx) {}

    @KtstrTest(workloads = {FioTwice.class, FioTwice.class})
    void inOne(Ctx ctx) {}
}
