package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "one", binary = "b")
interface One {}

@Scheduler(name = "another", binary = "b")
interface Another {}
