package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "twice-config", binary = "b", configFile = "c.json", configFileArg = "-c {file}", configFileGuestPath = "/include-files/c.json")
interface TwiceConfig {}
