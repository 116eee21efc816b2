package dev.ktstr.run;

import dev.ktstr.kernel.KernelImage;
import dev.ktstr.spec.TopologyLimits;

/**
 * A scheduler by itself, without a test.
 *
 * @param entry the scheduler
 * @param limits the topologies that it takes
 * @param alone stands for a test that does nothing but load it
 */
public record DeclaredScheduler(SchedulerEntry entry, TopologyLimits limits, TestEntry alone) {
    /**
     * The variant that loads it on a topology of the gauntlet, with none of its flags.
     *
     * @param preset the topology's name
     * @param kernelLabel what names the kernel where several are in force, else empty
     */
    public Variant on(String preset, KernelImage kernel, String kernelLabel) {
        return new Variant(new Shape(alone, preset, TestEntry.Profile.DEFAULT), kernel, kernelLabel);
    }
}
