package dev.ktstr.run;

import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.Registry.SchedulerEntry;
import dev.ktstr.run.Registry.TestEntry;
import dev.ktstr.spec.CpuTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One test on one topology under one flag profile on one kernel.
 *
 * @param test the test
 * @param kernel the kernel it boots
 */
public record Variant(TestEntry test, KernelImage kernel) {
    /** The topology. */
    public CpuTopology topology() {
        return test.topology();
    }

    /** The scheduler under test, empty for the kernel's own. */
    public Optional<SchedulerEntry> scheduler() {
        return test.scheduler();
    }

    /** Guest RAM in MiB: at least 64 per CPU, and at least 256. */
    public int memoryMb() {
        return Math.max(Math.max(64 * topology().cpus(), 256), test.memoryMb());
    }

    /** The scheduler's arguments: its own, then the test's. */
    public List<String> schedulerArgs() {
        List<String> args = new ArrayList<>();
        scheduler().ifPresent(s -> args.addAll(s.args()));
        args.addAll(test.extraSchedArgs());
        return args;
    }

    /** The name in JUnit and in output. */
    public String displayName() {
        return "ktstr/" + test.method();
    }

    /** The tags of output lines: {@code [sched=…] [topo=…]}; the scheduler only when there is one. */
    public String tags() {
        return scheduler().map(s -> "[sched=" + s.name() + "] ").orElse("") + "[topo=" + topology() + "]";
    }
}
