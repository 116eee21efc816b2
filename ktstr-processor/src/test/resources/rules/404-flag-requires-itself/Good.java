package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "requires-other", binary = "b")
enum RequiresItselfGood {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--llc2", requires = "LLC")
    LLC2
}
