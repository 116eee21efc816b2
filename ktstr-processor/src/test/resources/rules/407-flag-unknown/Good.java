package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "known-sched", binary = "b")
enum KnownSched {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--borrow")
    BORROW
}

class KnownGood {
    @KtstrTest(scheduler = KnownSched.class, requiredFlags = KnownSchedFlags.STEAL, excludedFlags = "BORROW")
    void typed(Ctx ctx) {}
}
