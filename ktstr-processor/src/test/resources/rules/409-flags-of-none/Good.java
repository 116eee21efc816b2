package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "some-flags", binary = "b")
enum SomeFlags {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--borrow")
    BORROW
}

class NoneGood {
    @KtstrTest(scheduler = SomeFlags.class, requiredFlags = {})
    void empty(Ctx ctx) {}
}
