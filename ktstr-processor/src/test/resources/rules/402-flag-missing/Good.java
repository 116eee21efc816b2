package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "flag-present", binary = "b")
enum FlagMissingGood {
    @Flag(args = "--llc")
    LLC,
    @Flag
    REJECT_PIN;

    static final int NOT_A_CONSTANT = 1;
}
