package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

enum NoScheduler {
    @Flag(args = "--a")
    A
}

@Scheduler(name = "flag-field", binary = "b")
class FlagField {
    @Flag(args = "--b")
    static final int B = 1;
}
