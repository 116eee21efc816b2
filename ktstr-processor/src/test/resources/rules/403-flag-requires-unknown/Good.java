package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "requires-known", binary = "b")
enum RequiresKnownGood {
    @Flag(args = "--steal", requires = "LLC")
    STEAL,
    @Flag(args = "--llc")
    LLC
}
