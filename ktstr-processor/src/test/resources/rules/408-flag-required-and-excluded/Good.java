package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "either-sched", binary = "b")
enum EitherSched {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--borrow")
    BORROW
}

class EitherGood {
    @KtstrTest(scheduler = EitherSched.class, requiredFlags = {"LLC", "LLC"}, excludedFlags = "BORROW")
    void either(Ctx ctx) {}
}
