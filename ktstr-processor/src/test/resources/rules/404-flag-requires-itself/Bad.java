package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "requires-itself", binary = "b")
enum RequiresItselfBad {
    @Flag(args = "--llc", requires = "LLC")
    LLC
}
