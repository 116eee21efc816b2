package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(
        name = "sysctl-good",
        binary = "b",
        sysctls = {
            @Sysctl(key = "kernel.sched_schedstats", value = "1"),
            @Sysctl(key = "net.ipv4.conf.eth0/1.forwarding", value = "0")
        })
interface SysctlGood {}
