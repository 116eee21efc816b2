package dev.ktstr.vm.qemu;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Forking;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.host.HostMemory;
import dev.ktstr.vm.internal.machine.BootFiles;
import dev.ktstr.vm.internal.ram.GuestRam;
import dev.ktstr.vm.internal.ram.RamLayout;
import dev.ktstr.vm.kvm.KvmProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs guests in QEMU: with KVM where that is usable, else with its translator (TCG). */
public final class QemuBackend implements Backend {
    /** The backend's name. */
    public static final String NAME = "qemu";

    /** File in the working folder that COM1 is written to. */
    public static final String CONSOLE = "console.log";

    /** File in the working folder with QEMU's own messages. */
    public static final String LOG_FILE = "qemu.log";

    /** File in the working folder with the command line. */
    public static final String DESCRIPTION = "vm.txt";

    /** System property with a QEMU CPU model to use under TCG instead of ours. */
    public static final String CPU_PROPERTY = "ktstr.qemu.cpu";

    private final @Nullable String named;
    private final @Nullable String searchPath;
    private @Nullable QemuBinary binary;
    private @Nullable VmException missing;

    /** Looks for QEMU where the user said: {@code -Dktstr.qemu}, {@code KTSTR_QEMU}, then {@code PATH}. */
    public QemuBackend() {
        this(System.getProperty("ktstr.qemu", System.getenv("KTSTR_QEMU")), System.getenv("PATH"));
    }

    QemuBackend(@Nullable String named, @Nullable String searchPath) {
        this.named = named;
        this.searchPath = searchPath;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        try {
            QemuBinary found = binary();
            Availability kvm = KvmProbe.probe();
            return new Availability(
                    true,
                    "QEMU " + found.version() + " (" + found.path() + "), "
                            + (kvm.usable() ? "accelerated by KVM" : "emulating (TCG): " + kvm.detail()));
        } catch (VmException e) {
            return new Availability(false, String.valueOf(e.getMessage()));
        }
    }

    synchronized QemuBinary binary() {
        if (missing != null) {
            throw missing;
        }
        if (binary == null) {
            try {
                binary = QemuBinary.find(named, searchPath);
            } catch (VmException e) {
                missing = e;
                throw e;
            }
        }
        return binary;
    }

    @Override
    public int hostCpus(CpuTopology topology) {
        QemuCommand.Host host = host(binary());
        return host.oneThread(topology) ? 1 : Math.min(topology.cpus(), host.cpus());
    }

    @Override
    public Optional<Forking> forking() {
        return Optional.of(new QemuForking(this));
    }

    @Override
    public VirtualMachine start(VmSpec spec) {
        BootFiles.check(spec);
        return start(spec, null);
    }

    /** Starts a machine that boots, or one that takes a saved guest over and stays frozen. */
    VirtualMachine start(VmSpec spec, @Nullable SavedGuest saved) {
        QemuBinary qemu = binary();
        RamLayout layout = RamLayout.of(spec);
        if (!spec.hugePages()) {
            HostMemory.check(spec.memoryMb()); // huge pages are counted by themselves
        }
        Path console = spec.workDir().resolve(CONSOLE);
        GuestRam ram = new GuestRam(layout, spec.hugePages());
        try {
            Files.write(console, saved == null ? new byte[0] : saved.console());
            return new Launch(qemu, host(qemu), spec, layout, ram, console, saved).run();
        } catch (IOException e) {
            ram.close();
            throw new VmException("starting QEMU in " + spec.workDir() + " failed: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            ram.close();
            throw e;
        }
    }

    QemuCommand.Host host(QemuBinary qemu) {
        return new QemuCommand.Host(
                Runtime.getRuntime().availableProcessors(),
                KvmProbe.probe().usable(),
                qemu.firmware("qboot.rom").orElse(null),
                System.getProperty(CPU_PROPERTY, QemuCommand.TCG_CPU));
    }
}
