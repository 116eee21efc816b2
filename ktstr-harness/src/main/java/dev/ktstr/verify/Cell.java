package dev.ktstr.verify;

import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.DeclaredScheduler;
import dev.ktstr.run.Variant;
import dev.ktstr.spec.GauntletPreset;

/**
 * One scheduler on one kernel on one topology.
 *
 * @param kernelLabel what tells the kernel from the others in force: its version where that does
 */
public record Cell(DeclaredScheduler scheduler, KernelImage kernel, String kernelLabel, GauntletPreset preset) {
    /** The scheduler's name. */
    public String schedulerName() {
        return scheduler.entry().name();
    }

    /** The cell in words: {@code scx-ktstr / 7.2.13 / tiny-1llc}. */
    public String name() {
        return schedulerName() + " / " + kernelLabel + " / " + preset.name();
    }

    /** What a test that only loads the scheduler there would run. */
    public Variant variant() {
        return scheduler.on(preset.name(), kernel, "");
    }
}
