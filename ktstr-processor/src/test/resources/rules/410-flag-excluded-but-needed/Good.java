package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "not-needed-sched", binary = "b")
enum NotNeededSched {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--borrow")
    BORROW
}

class NotNeeded {
    @KtstrTest(scheduler = NotNeededSched.class, requiredFlags = "LLC", excludedFlags = "STEAL")
    void theOtherWay(Ctx ctx) {}
}
