package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "arg-bad", binary = "b", configFileArg = "--config file", configFileGuestPath = "/include-files/c.json")
interface ArgBad {}
