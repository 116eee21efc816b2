package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(name = "a", binary = "fio")
class FioOnce {}

@Payload(name = "b", binary = "fio")
class FioAgain {}

class PayloadOnce {
    @KtstrTest(payload = FioOnce.class, workloads = FioAgain.class)
    void two(Ctx ctx) {}
}
