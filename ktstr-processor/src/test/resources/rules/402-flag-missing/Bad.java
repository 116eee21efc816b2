package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "flag-missing", binary = "b")
enum FlagMissingBad {
    @Flag(args = "--llc")
    LLC,
    REJECT_PIN
}
