package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "kernel-bad", binary = "b", kernels = {"6.14", "six", "./linux", "6.15..6.12"})
interface KernelBad {}
