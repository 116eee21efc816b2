package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "parent-good", binary = "b", cgroupParent = "/ktstr/cells")
interface ParentGood {}
