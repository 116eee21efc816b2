package dev.ktstr.run;

import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings a guest up to the point where its agent waits for what to do: by forking a template, or by booting the kernel, and
 * then saving a template for the next one. Whatever goes wrong with templates costs time and no more: the guest boots.
 */
public final class Boot {
    /** How long a small guest may take under emulation on a busy host; each vCPU adds to it. */
    private static final Duration ALLOWANCE = Duration.ofSeconds(60);

    private static final Duration ALLOWANCE_PER_CPU = Duration.ofSeconds(2);

    private final Backend backend;
    private final Options options;
    private final GuestTemplates templates;

    /**
     * Boots on that backend.
     *
     * @throws RunException when an option about templates has a value that it does not take
     */
    public Boot(Backend backend, Options options) {
        this.backend = backend;
        this.options = options;
        this.templates = new GuestTemplates(backend, options);
    }

    /** Whether guests may be forked at all. */
    boolean forks() {
        return templates.enabled();
    }

    /**
     * Brings the variant's guest up.
     *
     * @param started told of the machine as soon as it runs, before its kernel is up; again when a second one is started
     *     because the first did not come up
     * @throws RunException when the machine does not start, the guest ends or stays silent, or shows another topology
     *     than the one asked for; nothing runs any more then
     */
    public BootedGuest boot(Variant variant, Path initramfs, Path workDir, Consumer<VirtualMachine> started) {
        return attempt(variant, initramfs, workDir, started).run();
    }

    /** What can be done for a variant before it is its turn. */
    Ahead ahead(Variant variant, Path initramfs) {
        return new Ahead(this, variant, initramfs);
    }

    BootAttempt attempt(Variant variant, Path initramfs, Path workDir, Consumer<VirtualMachine> started) {
        return new BootAttempt(
                backend, templates, variant, spec(variant, initramfs, workDir), allowance(variant), started);
    }

    /** How guests of this variant are forked; empty when they are not. */
    Optional<GuestTemplates.Plan> plan(Variant variant, Path initramfs) {
        return templates.plan(variant, spec(variant, initramfs, Path.of("")));
    }

    private VmSpec spec(Variant variant, Path initramfs, Path workDir) {
        List<String> kernelArgs = new ArrayList<>();
        kernelArgs.add(MachinePorts.kernelArgument());
        variant.scheduler().ifPresent(s -> kernelArgs.addAll(s.kargs()));
        boolean kaslr = options.on("kaslr");
        if (kaslr) {
            kernelArgs.add(VmSpec.KASLR);
        }
        return new VmSpec(
                kaslr
                        ? KernelRequirements.randomizedBootFile(variant.kernel())
                        : KernelRequirements.bootFile(variant.kernel()),
                initramfs,
                variant.topology(),
                variant.memoryMb(),
                kernelArgs,
                workDir,
                variant.shape().memory(),
                options.on("hugepages"));
    }

    private Duration allowance(Variant variant) {
        return options.seconds(
                "boot.timeout",
                ALLOWANCE.plus(ALLOWANCE_PER_CPU.multipliedBy(variant.topology().cpus())));
    }
}
