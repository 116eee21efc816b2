package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "one-config", binary = "b", configFile = "c.json")
interface OneConfig {}
