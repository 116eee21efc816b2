package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "order-sched", binary = "b", constraints = @TopologyConstraints(minLlcs = 6))
interface OrderSched {}

@Scheduler(name = "order-bad", binary = "b", constraints = @TopologyConstraints(minCpus = 9, maxCpus = 8))
interface OrderBad {}

class OrderTestBad {
    @KtstrTest(minLlcs = 15)
    void aboveTheDefault(Ctx ctx) {}

    @KtstrTest(scheduler = OrderSched.class, maxLlcs = 4)
    void belowTheInherited(Ctx ctx) {}

    @KtstrTest(minCpus = 16, maxCpus = 8)
    void swapped(Ctx ctx) {}

    @KtstrTest(maxCpus = 300, minCpus = 200, minNumaNodes = 2)
    void twoNodes(Ctx ctx) {}
}
