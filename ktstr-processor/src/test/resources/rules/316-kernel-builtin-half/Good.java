package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "both-commands", kernelBuiltinEnable = "echo 1 > /proc/x", kernelBuiltinDisable = "echo 0 > /proc/x")
interface BothCommands {}
