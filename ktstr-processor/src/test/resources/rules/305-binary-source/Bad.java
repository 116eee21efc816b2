package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "binary-none")
interface BinaryNone {}

@Scheduler(name = "binary-blank", binary = "")
interface BinaryBlank {}

@Scheduler(name = "binary-both", binary = "scx_both", binaryPath = "build/scx_both")
interface BinaryBoth {}
