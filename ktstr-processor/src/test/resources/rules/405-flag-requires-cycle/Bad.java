package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "requires-cycle", binary = "b")
enum RequiresCycleBad {
    @Flag(args = "--a", requires = {"D", "B"})
    A,
    @Flag(args = "--b", requires = "C")
    B,
    @Flag(args = "--c", requires = "A")
    C,
    @Flag(args = "--d")
    D,
    @Flag(args = "--e", requires = "F")
    E,
    @Flag(args = "--f", requires = "E")
    F,
    // Leads into a circle, is in none.
    @Flag(args = "--g", requires = "E")
    G
}
