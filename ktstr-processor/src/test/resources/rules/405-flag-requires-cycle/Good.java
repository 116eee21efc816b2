package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "requires-diamond", binary = "b")
enum RequiresCycleGood {
    @Flag(args = "--a", requires = {"B", "C"})
    A,
    @Flag(args = "--b", requires = "D")
    B,
    @Flag(args = "--c", requires = "D")
    C,
    @Flag(args = "--d")
    D
}
