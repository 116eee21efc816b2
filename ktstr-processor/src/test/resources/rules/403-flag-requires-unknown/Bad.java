package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "requires-unknown", binary = "b")
enum RequiresUnknownBad {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = "--steal", requires = "LCL")
    STEAL,
    @Flag(args = "--borrow", requires = {"LLC", "reject-pin"})
    BORROW,
    @Flag(args = "--reject-pin", requires = "NUMA_AWARE")
    REJECT_PIN
}
