package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(
        name = "kargs-good",
        binary = "b",
        kargs = {"initcall_debug", "panic_on_warn=1", "dyndbg=\"file x init=1 +p\"", "isolcpus=1"})
interface KargsGood {}
