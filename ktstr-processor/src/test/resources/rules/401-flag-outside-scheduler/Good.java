package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "flag-place", binary = "b")
enum FlagPlace {
    @Flag(args = "--a")
    A
}
