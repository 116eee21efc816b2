package dev.ktstr.vm.qemu;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.machine.BootFiles;
import dev.ktstr.vm.internal.machine.FileTail;
import dev.ktstr.vm.internal.ram.GuestRam;
import dev.ktstr.vm.internal.ram.HostMemory;
import dev.ktstr.vm.internal.ram.RamLayout;
import dev.ktstr.vm.kvm.KvmProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(QemuBackend.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final int LOG_TAIL = 2 << 10;

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

    private synchronized QemuBinary binary() {
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
    public VirtualMachine start(VmSpec spec) {
        QemuBinary qemu = binary();
        RamLayout layout = RamLayout.spread(spec.memoryMb(), spec.topology().numaNodes());
        HostMemory.check(spec.memoryMb());
        BootFiles.check(spec);
        Path console = spec.workDir().resolve(CONSOLE);
        GuestRam ram = new GuestRam(layout);
        try {
            Files.write(console, new byte[0]);
            return launch(qemu, spec, layout, ram, console);
        } catch (IOException e) {
            ram.close();
            throw new VmException("starting QEMU in " + spec.workDir() + " failed: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            ram.close();
            throw e;
        }
    }

    /** Starts the child and connects; closes everything but the RAM when it throws. */
    private static QemuMachine launch(QemuBinary qemu, VmSpec spec, RamLayout layout, GuestRam ram, Path console)
            throws IOException {
        Path log = spec.workDir().resolve(LOG_FILE);
        try (SocketFolder sockets =
                SocketFolder.listen(List.of(QemuCommand.QMP, QemuCommand.COM2, QemuCommand.DOORBELL))) {
            QemuCommand.Host host = new QemuCommand.Host(
                    Runtime.getRuntime().availableProcessors(),
                    KvmProbe.probe().usable(),
                    qemu.firmware("qboot.rom").orElse(null),
                    System.getProperty(CPU_PROPERTY, QemuCommand.TCG_CPU));
            List<String> command = QemuCommand.build(
                    qemu.path(), spec, host, new QemuCommand.Parts(layout, ram.nodePaths(), sockets.path(), console));
            String description = Quoting.shell(command);
            Files.writeString(spec.workDir().resolve(DESCRIPTION), description + "\n");
            Process process = ChildProcesses.start(command, log);
            try {
                if (!sockets.acceptAll(CONNECT_TIMEOUT, process::isAlive)) {
                    throw new VmException(startFailure(qemu, process, log, spec));
                }
                // All are connected: the folder goes now, so that not even a SIGKILL from here on leaves it.
                sockets.remove();
                return connect(
                        spec,
                        process,
                        ram,
                        sockets,
                        new QemuMachine.Papers(console, log, description, host.keepsTime(spec.topology())));
            } catch (IOException | RuntimeException e) {
                end(process);
                throw e;
            }
        }
    }

    private static QemuMachine connect(
            VmSpec spec, Process process, GuestRam ram, SocketFolder sockets, QemuMachine.Papers papers)
            throws IOException {
        QemuMachine.Parts parts = new QemuMachine.Parts(
                process,
                ram,
                sockets.take(QemuCommand.QMP),
                sockets.take(QemuCommand.COM2),
                sockets.take(QemuCommand.DOORBELL));
        QemuMachine machine;
        try {
            machine = new QemuMachine(spec, parts, papers);
        } catch (IOException e) {
            parts.qmp().close();
            parts.com2().close();
            parts.bell().close();
            throw e;
        }
        try {
            machine.begin();
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
        return machine;
    }

    private static String startFailure(QemuBinary qemu, Process process, Path log, VmSpec spec) {
        String how = process.isAlive()
                ? "did not connect within " + CONNECT_TIMEOUT.toSeconds() + " s"
                : ExitReason.how(null, process);
        String said = FileTail.readForMessage(log, LOG_TAIL);
        return "QEMU " + qemu.version() + " " + how + " before the guest ran (kernel " + spec.kernel() + "). "
                + (said.isEmpty() ? "It printed nothing" : "It said: " + said) + "\nCommand line: "
                + spec.workDir().resolve(DESCRIPTION);
    }

    private static void end(Process process) {
        process.destroyForcibly();
        try {
            if (!process.waitFor(CONNECT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.error("QEMU, pid {}, did not end after SIGKILL", process.pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ChildProcesses.forget(process);
    }
}
