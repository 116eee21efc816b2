package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "arg-good", binary = "b", configFileArg = "--config={file}", configFileGuestPath = "/include-files/c.json")
interface ArgGood {}
