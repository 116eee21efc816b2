package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "needed-sched", binary = "b")
enum NeededSched {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--borrow")
    BORROW
}

class NeededBad {
    @KtstrTest(scheduler = NeededSched.class, requiredFlags = "STEAL", excludedFlags = "LLC")
    void contradiction(Ctx ctx) {}
}
