package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "unknown-sched", binary = "b")
enum UnknownSched {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--borrow")
    BORROW
}

class UnknownBad {
    @KtstrTest(scheduler = UnknownSched.class, requiredFlags = {"LLC", "STEEL"})
    void near(Ctx ctx) {}

    @KtstrTest(scheduler = UnknownSched.class, excludedFlags = "NUMA")
    void far(Ctx ctx) {}
}
