package dev.ktstr.run;

import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.GuestException;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Starts a guest and waits until its agent says hello. */
public final class Boot {
    /** How long a small guest may take under emulation on a busy host; each vCPU adds to it. */
    private static final Duration ALLOWANCE = Duration.ofSeconds(60);

    private static final Duration ALLOWANCE_PER_CPU = Duration.ofSeconds(2);

    private final Backend backend;
    private final Options options;

    /** Boots on that backend. */
    public Boot(Backend backend, Options options) {
        this.backend = backend;
        this.options = options;
    }

    /**
     * Boots the variant's kernel.
     *
     * @param started told of the machine as soon as it runs, before its kernel is up
     * @throws RunException when the machine does not start, the guest ends or stays silent, or shows another topology
     *     than the one asked for; nothing runs any more then
     */
    public BootedGuest boot(Variant variant, Path initramfs, Path workDir, Consumer<VirtualMachine> started) {
        List<String> kernelArgs = new ArrayList<>();
        kernelArgs.add(MachinePorts.kernelArgument());
        variant.scheduler().ifPresent(s -> kernelArgs.addAll(s.kargs()));
        VmSpec spec = new VmSpec(
                KernelRequirements.bootFile(variant.kernel()),
                initramfs,
                variant.topology(),
                variant.memoryMb(),
                kernelArgs,
                workDir);
        VirtualMachine machine;
        try {
            machine = backend.start(spec);
        } catch (VmException e) {
            throw RunException.setup("boot", e);
        }
        boolean up = false;
        try {
            started.accept(machine);
            AgentSession session = AgentSession.open(new MachinePorts(machine), allowance(variant));
            BootedGuest guest =
                    new BootedGuest(machine, session, GuestTopology.verified(session.hello(), variant.topology()));
            up = true;
            return guest;
        } catch (GuestException e) {
            throw BootedGuest.explain(machine, "boot", e);
        } finally {
            if (!up) {
                machine.close();
            }
        }
    }

    private Duration allowance(Variant variant) {
        return options.seconds(
                "boot.timeout",
                ALLOWANCE.plus(ALLOWANCE_PER_CPU.multipliedBy(variant.topology().cpus())));
    }
}
