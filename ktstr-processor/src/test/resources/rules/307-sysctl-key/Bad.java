package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(
        name = "sysctl-bad",
        binary = "b",
        sysctls = {
            @Sysctl(key = "", value = "1"),
            @Sysctl(key = "kernel.x=1", value = "1"),
            @Sysctl(key = "kernel.../../etc/passwd", value = "1"),
            @Sysctl(key = "kernel.panic", value = "1"),
            @Sysctl(key = "kernel.panic", value = "2")
        })
interface SysctlBad {}
