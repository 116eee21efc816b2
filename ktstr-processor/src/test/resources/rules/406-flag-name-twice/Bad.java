package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "flag-twice", binary = "b")
enum FlagTwiceBad {
    @Flag(args = "--reject-pin")
    REJECT_PIN,
    @Flag(args = "--reject-pin2")
    RejectPin
}
