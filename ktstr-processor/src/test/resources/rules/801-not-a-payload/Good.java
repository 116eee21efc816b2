package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(binary = "fio")
class FioRight {}

class PayloadRight {
    @KtstrTest(payload = FioRight.class, workloads = {})
    void single(Ctx ctx) {}
}
