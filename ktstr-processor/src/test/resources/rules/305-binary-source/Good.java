package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "by-name", binary = "scx_name")
interface ByName {}

@Scheduler(name = "by-path", binaryPath = "build/scx_path")
interface ByPath {}
