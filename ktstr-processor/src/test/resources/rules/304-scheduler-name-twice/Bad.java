package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(name = "same", binary = "b")
interface FirstSame {}

@Scheduler(name = "same", binary = "c")
interface SecondSame {}
