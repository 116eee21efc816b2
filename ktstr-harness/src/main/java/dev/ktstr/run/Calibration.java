package dev.ktstr.run;

import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.GuestException;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Boots a kernel once to learn from it what its packaged image does not have: the addresses of its symbols, and its BTF.
 * What it tells is kept in the kernel cache under the image's digest.
 */
public final class Calibration {
    private static final int MEMORY_MB = 512;
    private static final int MAX_KALLSYMS = 128 << 20;
    private static final int MAX_BTF = 64 << 20;
    private static final Duration BOOT = Duration.ofSeconds(90);
    private static final Duration END = Duration.ofSeconds(5);
    private static final String BTF = "/sys/kernel/btf/vmlinux";

    private final Backend backend;
    private final Options options;

    /** A calibration on that backend. */
    public Calibration(Backend backend, Options options) {
        this.backend = backend;
        this.options = options;
    }

    /** A calibration by this process's options. */
    public static Calibration standard() {
        Options options = Options.ofProcess();
        try {
            return new Calibration(Backends.select(options.get("backend").orElse(null)), options);
        } catch (VmException e) {
            throw RunException.setup("calibrate", e);
        }
    }

    /**
     * Completes a kernel.
     *
     * @param cache where what is learnt goes
     * @return the kernel with its BTF; its symbols are at {@link KernelCache#kallsyms}
     * @throws RunException when it does not boot, or its agent does not answer; nothing runs any more then
     * @throws KernelException when what it tells is not what a kernel says
     */
    public KernelImage complete(KernelImage kernel, KernelCache cache) {
        Path work;
        try {
            work = Files.createTempDirectory("ktstr-calibrate");
        } catch (IOException e) {
            throw RunException.setup("calibrate", "cannot make a temporary folder: " + e.getMessage());
        }
        boolean done = false;
        try {
            Path initramfs = BootImage.cached(cache.folder().resolveSibling("boot"));
            KernelImage completed = boot(kernel, cache, initramfs, work);
            done = true;
            return completed;
        } finally {
            if (done) {
                remove(work); // else it stays, for its console; the failure names it
            }
        }
    }

    private KernelImage boot(KernelImage kernel, KernelCache cache, Path initramfs, Path work) {
        VmSpec spec = new VmSpec(
                KernelRequirements.bootFile(kernel),
                initramfs,
                CpuTopology.parse("1n1l1c1t"),
                MEMORY_MB,
                List.of(MachinePorts.kernelArgument()),
                work);
        try (VirtualMachine machine = backend.start(spec)) {
            try (AgentSession session =
                    AgentSession.open(new MachinePorts(machine), options.seconds("boot.timeout", BOOT))) {
                String release = session.hello().kernelRelease();
                if (!release.equals(kernel.version())) {
                    throw RunException.setup(
                            "calibrate",
                            "the guest says it is kernel " + release + ", and " + kernel.version() + " was booted");
                }
                byte[] kallsyms = session.readFile("/proc/kallsyms", MAX_KALLSYMS);
                byte[] btf = hasBtf(session) ? session.readFile(BTF, MAX_BTF) : new byte[0];
                session.powerOff(END);
                return cache.complete(kernel, btf, new String(kallsyms, StandardCharsets.ISO_8859_1));
            } catch (GuestException e) {
                throw BootedGuest.explain(machine, "calibrate", e);
            }
        } catch (VmException e) {
            throw RunException.setup("calibrate", e);
        }
    }

    /** Asks by reading the first bytes: a kernel without BTF has no such file. */
    private static boolean hasBtf(AgentSession session) {
        try {
            return session.readFile(BTF, 4).length == 4;
        } catch (GuestException e) {
            if (e.kind() == GuestException.Kind.AGENT) {
                return false;
            }
            throw e;
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path each : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw RunException.setup("calibrate", "cannot remove " + folder + ": " + e.getMessage());
        }
    }
}
