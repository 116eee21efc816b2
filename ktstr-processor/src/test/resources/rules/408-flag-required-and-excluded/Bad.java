package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "both-sched", binary = "b")
enum BothSched {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--borrow")
    BORROW
}

class BothBad {
    @KtstrTest(scheduler = BothSched.class, requiredFlags = "LLC", excludedFlags = {"BORROW", "LLC"})
    void both(Ctx ctx) {}
}
