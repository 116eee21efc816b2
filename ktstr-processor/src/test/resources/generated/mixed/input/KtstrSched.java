package acme;

import dev.ktstr.annotations.Checks;
import dev.ktstr.annotations.Flag;
import dev.ktstr.annotations.Scheduler;
import dev.ktstr.annotations.Sysctl;
import dev.ktstr.annotations.Topology;

@Scheduler(
        name = "scx-ktstr",
        binary = "scx-ktstr",
        schedArgs = "--slow",
        topology = @Topology(llcs = 4, threads = 2),
        sysctls = {@Sysctl(key = "kernel.x", value = "1"), @Sysctl(key = "kernel.a", value = "")},
        kargs = "isolcpus=1",
        checks = @Checks(maxGapMs = 1500, maxSpreadPct = 10.0))
enum KtstrSched {
    @Flag(args = "--llc")
    LLC,
    @Flag(args = {"--reject", "pin"}, requires = "LLC")
    REJECT_PIN
}
