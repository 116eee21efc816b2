package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "path-good", binary = "b", configFileArg = "-c {file}", configFileGuestPath = "/a/..b")
interface PathGood {}
