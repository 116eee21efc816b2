package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "flag-once", binary = "b")
enum FlagTwiceGood {
    @Flag(args = "--reject-pin")
    REJECT_PIN,
    @Flag(args = "--rejectpin")
    REJECTPIN
}
