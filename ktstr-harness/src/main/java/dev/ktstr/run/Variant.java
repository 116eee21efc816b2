package dev.ktstr.run;

import dev.ktstr.kernel.KernelImage;
import dev.ktstr.spec.CpuTopology;
import java.util.List;
import java.util.Optional;

/**
 * One test on one topology under one flag profile on one kernel.
 *
 * @param shape test, topology and flags
 * @param kernel the kernel it boots
 * @param kernelLabel what names the kernel where several are in force, else empty
 */
public record Variant(Shape shape, KernelImage kernel, String kernelLabel) {
    /** The base case of a test, on the only kernel in force. */
    public Variant(TestEntry test, KernelImage kernel) {
        this(Shape.base(test), kernel, "");
    }

    /** The test. */
    public TestEntry test() {
        return shape.test();
    }

    /** The topology. */
    public CpuTopology topology() {
        return shape.topology();
    }

    /** The scheduler under test, empty for the kernel's own. */
    public Optional<SchedulerEntry> scheduler() {
        return shape.scheduler();
    }

    /** How the scheduler is called, without its program. */
    public List<String> schedulerArgs() {
        return shape.schedulerArgs();
    }

    /** Guest RAM in MiB. */
    public int memoryMb() {
        return shape.memoryMb();
    }

    /** The name in JUnit and in output; names the kernel where several are in force. */
    public String displayName() {
        return displayName(shape, kernelLabel);
    }

    /** The name of a variant; {@code kernelLabel} is empty when one kernel is in force. */
    public static String displayName(Shape shape, String kernelLabel) {
        return shape.displayName() + (kernelLabel.isEmpty() ? "" : "/" + kernelLabel);
    }

    /** The tags of output lines: {@code [sched=…] [topo=…] [profile=…]}; only what is not the default. */
    public String tags() {
        return scheduler().map(s -> "[sched=" + s.name() + "] ").orElse("") + "[topo=" + topology() + "]"
                + (shape.profile().flags().isEmpty()
                        ? ""
                        : " [profile=" + shape.profile().name() + "]");
    }
}
