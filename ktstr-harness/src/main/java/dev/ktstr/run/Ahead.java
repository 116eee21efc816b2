package dev.ktstr.run;

import dev.ktstr.vm.VirtualMachine;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What can be done for a variant before it is its turn: booting a guest for its template, and making a fork ready. What tells
 * its guests from others is found out once, so that to ask whether there is something to do is to look for a file.
 */
final class Ahead {
    private final Boot boot;
    private final Variant variant;
    private final Path initramfs;
    private final Optional<GuestTemplates.Plan> plan;

    /** @throws dev.ktstr.vm.VmException when the files cannot be looked at that such a guest is made of */
    Ahead(Boot boot, Variant variant, Path initramfs) {
        this.boot = boot;
        this.variant = variant;
        this.initramfs = initramfs;
        this.plan = boot.plan(variant, initramfs);
    }

    /** Whether such guests are forked, and the template is missing. */
    boolean lacksTemplate() {
        return plan.filter(p -> !p.givenUp() && !p.isThere()).isPresent();
    }

    /** Whether a fork can be made ready. */
    boolean hasTemplate() {
        return plan.filter(p -> !p.givenUp() && p.forking().handsOn() && p.isThere())
                .isPresent();
    }

    /**
     * Boots such a guest, saves it, and ends it.
     *
     * @param folder for its files, which exists
     * @param started as for {@link Boot#boot}
     * @return whether that made a template; not when another run is making it
     * @throws RunException when the guest does not come up
     */
    boolean makeTemplate(Path folder, Consumer<VirtualMachine> started) {
        return boot.attempt(variant, initramfs, folder, started).makeTemplate();
    }

    /**
     * Forks such a guest, wakes and warms it, and stops it: the next variant of this process that needs one gets it.
     *
     * @param folder for its files, which exists; the variant moves them away
     * @return whether there is one; not when there was one before, for whatever variant
     */
    boolean makeReady(Path folder) {
        return boot.attempt(variant, initramfs, folder, machine -> {}).makeReady();
    }
}
