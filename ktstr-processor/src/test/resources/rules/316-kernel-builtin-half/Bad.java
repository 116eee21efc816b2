package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "no-disable", kernelBuiltinEnable = "echo 1 > /proc/x")
interface NoDisable {}

@Scheduler(name = "no-enable", kernelBuiltinDisable = "echo 0 > /proc/x")
interface NoEnable {}
