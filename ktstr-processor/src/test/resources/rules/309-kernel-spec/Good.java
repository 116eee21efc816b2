package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "kernel-good", binary = "b", kernels = {"6.14", "6.14.2", "6.12..=6.14", "6.15-rc3"})
interface KernelGood {}
