package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "order-good", binary = "b", constraints = @TopologyConstraints(minLlcs = 4))
interface OrderGoodSched {}

class OrderGood {
    @KtstrTest(minLlcs = 15, maxLlcs = 15, maxCpus = 256)
    void nearMax(Ctx ctx) {}

    @KtstrTest(minLlcs = 8)
    void theDefault(Ctx ctx) {}

    @KtstrTest(scheduler = OrderGoodSched.class, maxLlcs = 4)
    void meets(Ctx ctx) {}
}
