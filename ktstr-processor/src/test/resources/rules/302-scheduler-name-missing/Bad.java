package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(binary = "b")
interface NamelessBad {}

@Scheduler(name = " ", binary = "b")
interface BlankBad {}
