package dev.ktstr.vm.qemu;

import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.machine.FileTail;
import dev.ktstr.vm.internal.ram.GuestRam;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a QEMU and connects to it.
 *
 * @param ram taken over by the machine; still the caller's when {@link #run} throws
 * @param console file of COM1, which exists
 * @param saved what to take over, or null to boot
 */
record Launch(
        QemuBinary qemu,
        QemuCommand.Host host,
        VmSpec spec,
        RamLayout layout,
        GuestRam ram,
        Path console,
        @Nullable SavedGuest saved) {
    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final int LOG_TAIL = 2 << 10;

    /** Starts the child and connects; closes everything but the RAM when it throws. */
    QemuMachine run() throws IOException {
        Path log = spec.workDir().resolve(QemuBackend.LOG_FILE);
        try (SocketFolder sockets =
                SocketFolder.listen(List.of(QemuCommand.QMP, QemuCommand.COM2, QemuCommand.DOORBELL))) {
            List<String> command = QemuCommand.build(
                    qemu.path(),
                    spec,
                    host,
                    new QemuCommand.Parts(layout, ram.nodePaths(), sockets.path(), console, saved != null));
            String description = Quoting.shell(command);
            Files.writeString(spec.workDir().resolve(QemuBackend.DESCRIPTION), description + "\n");
            ChildProcesses.Starting starting = ChildProcesses.start(command, log);
            if (saved != null) {
                load(starting);
            }
            Process process = starting.await();
            try {
                if (!sockets.acceptAll(CONNECT_TIMEOUT, process::isAlive)) {
                    throw new VmException(startFailure(process, log));
                }
                // All are connected: the folder goes now, so that not even a SIGKILL from here on leaves it.
                sockets.remove();
                return connect(
                        process,
                        sockets,
                        new QemuMachine.Papers(console, log, description, host.keepsTime(spec.topology())));
            } catch (IOException | RuntimeException e) {
                end(process);
                throw e;
            }
        }
    }

    /** Fills the RAM while QEMU sets itself up, which it does without touching RAM: two things of equal length at once. */
    private void load(ChildProcesses.Starting starting) throws IOException {
        boolean loaded = false;
        try {
            ram.load(Objects.requireNonNull(saved));
            loaded = true;
        } finally {
            if (!loaded) {
                end(starting);
            }
        }
    }

    private QemuMachine connect(Process process, SocketFolder sockets, QemuMachine.Papers papers) throws IOException {
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
            if (saved == null) {
                machine.begin();
            } else {
                machine.beginFrozen(saved.devices());
            }
        } catch (IOException | RuntimeException e) {
            machine.close();
            throw e;
        }
        return machine;
    }

    private String startFailure(Process process, Path log) {
        String how = process.isAlive()
                ? "did not connect within " + CONNECT_TIMEOUT.toSeconds() + " s"
                : ExitReason.how(null, process);
        String said = FileTail.readForMessage(log, LOG_TAIL);
        return "QEMU " + qemu.version() + " " + how + " before the guest ran (kernel " + spec.kernel() + "). "
                + (said.isEmpty() ? "It printed nothing" : "It said: " + said) + "\nCommand line: "
                + spec.workDir().resolve(QemuBackend.DESCRIPTION);
    }

    /** Ends what is being started, also when this thread was interrupted. */
    private static void end(ChildProcesses.Starting starting) {
        boolean interrupted = Thread.interrupted();
        try {
            end(starting.await());
        } catch (VmException e) {
            LOG.debug("nothing is there to be ended: {}", e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
