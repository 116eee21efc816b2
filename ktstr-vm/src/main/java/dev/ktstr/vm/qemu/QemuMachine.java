package dev.ktstr.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ktstr.vm.ControlChannel;
import dev.ktstr.vm.Doorbell;
import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VcpuRegisters;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.Watchpoint;
import dev.ktstr.vm.internal.machine.Ending;
import dev.ktstr.vm.internal.machine.RingCounter;
import dev.ktstr.vm.internal.ram.GuestRam;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running QEMU.
 *
 * <p>Two threads: one reads the monitor, and when that ends, waits for the process and decides how the guest ended; one
 * drains the doorbell, because a debug port whose socket is full would stop the guest.
 */
final class QemuMachine implements VirtualMachine {
    private static final Logger LOG = LoggerFactory.getLogger(QemuMachine.class);
    private static final Duration QMP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration REFUSAL_GRACE = Duration.ofSeconds(2);
    private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(20);

    /** What a machine takes over; it closes all of it. */
    record Parts(Process process, GuestRam ram, SocketChannel qmp, SocketChannel com2, SocketChannel bell) {}

    /**
     * Files and words of a machine.
     *
     * @param console file of COM1
     * @param log QEMU's own output
     * @param description command line for logs
     * @param keepsTime see {@link VirtualMachine#keepsTime()}
     */
    record Papers(Path console, Path log, String description, boolean keepsTime) {}

    private final Parts parts;
    private final QmpClient qmp;
    private final RunControl runControl;
    private final SocketControlChannel control;
    private final RingCounter doorbell = new RingCounter();
    private final Thread monitorThread;
    private final Thread doorbellThread;
    private final Ending ending = new Ending();
    private final AtomicBoolean killed = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile VmSpec spec;
    private volatile Papers papers;
    private volatile @Nullable String shutdownReason;

    /** Takes the parts over. When this throws, they are still the caller's. */
    QemuMachine(VmSpec spec, Parts parts, Papers papers) throws IOException {
        this.spec = spec;
        this.parts = parts;
        this.papers = papers;
        this.control = new SocketControlChannel(parts.com2());
        this.qmp = new QmpClient(
                new BufferedInputStream(Channels.newInputStream(parts.qmp())), parts.qmp(), this::onEvent);
        this.runControl = new RunControl(qmp, parts.process().toHandle());
        long pid = parts.process().pid();
        this.monitorThread = new Thread(this::watch, "ktstr-monitor-" + pid);
        this.doorbellThread = new Thread(this::drainDoorbell, "ktstr-doorbell-" + pid);
        monitorThread.setDaemon(true);
        doorbellThread.setDaemon(true);
    }

    /** Starts the threads, shakes hands with the monitor, and lets the guest run. */
    void begin() {
        begin(() -> qmp.execute("cont", QMP_TIMEOUT), DEATH_TIMEOUT);
    }

    /** The same for a fork: takes the saved devices over; the guest stays frozen. Its RAM is there already. */
    void beginFrozen(byte[] devices) {
        // One that refuses the state and lives on is of no use; whoever forks has another way to go.
        begin(() -> new StateTransfer(qmp).load(devices), REFUSAL_GRACE);
        runControl.startedFrozen();
    }

    private void begin(Runnable start, Duration deathTimeout) {
        monitorThread.start();
        doorbellThread.start();
        try {
            qmp.negotiate(QMP_TIMEOUT);
            start.run();
        } catch (VmException e) {
            // The guest or QEMU may end before the handshake does; then how it ended is the news, not the handshake.
            Optional<VmExit> end = ending.awaitUninterrupted(deathTimeout);
            if (end.isEmpty()) {
                throw e;
            }
            if (end.get().kind() == VmExit.Kind.BACKEND_ERROR) {
                throw new VmException(
                        end.get().detail() + " (before the guest ran, kernel " + spec.kernel() + "). Command line: "
                                + papers.console().resolveSibling(QemuBackend.DESCRIPTION),
                        e);
            }
        }
    }

    @Override
    public VmSpec spec() {
        return spec;
    }

    @Override
    public String backend() {
        return QemuBackend.NAME;
    }

    @Override
    public String description() {
        return papers.description();
    }

    @Override
    public boolean keepsTime() {
        return papers.keepsTime();
    }

    @Override
    public List<Long> vcpuThreads() {
        if (ending.isDecided()) {
            return List.of();
        }
        try {
            Map<Integer, Long> threads = new TreeMap<>();
            qmp.execute("query-cpus-fast", QMP_TIMEOUT)
                    .forEach(cpu -> threads.put(
                            cpu.path("cpu-index").asInt(), cpu.path("thread-id").asLong()));
            return List.copyOf(threads.values());
        } catch (VmException e) {
            // The monitor breaks some time before the end of the process is seen.
            if (ending.awaitUninterrupted(DEATH_TIMEOUT).isPresent()) {
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public GuestMemory memory() {
        return parts.ram().memory();
    }

    @Override
    public ControlChannel control() {
        return control;
    }

    @Override
    public Doorbell doorbell() {
        return doorbell;
    }

    @Override
    public Path console() {
        return papers.console();
    }

    @Override
    public void freeze() {
        runControl.freeze();
    }

    @Override
    public void resume() {
        runControl.resume();
    }

    @Override
    public void watch(List<Watchpoint> watchpoints, Watchpoint.Listener listener) {
        runControl.watch(watchpoints, listener);
    }

    @Override
    public List<VcpuRegisters> registers() {
        String text = qmp.execute("human-monitor-command", Map.of("command-line", "info registers -a"), QMP_TIMEOUT)
                .asText();
        List<VcpuRegisters> registers = RegisterText.parse(text);
        if (registers.size() != spec.topology().cpus()) {
            throw new VmException("QEMU told the registers of " + registers.size() + " of "
                    + spec.topology().cpus() + " vCPUs");
        }
        return registers;
    }

    /** Writes the guest down. It is frozen, and stays so. */
    void save(SavedGuest.Sink sink) throws IOException {
        freeze();
        sink.console(Files.readAllBytes(papers.console()));
        sink.devices(new StateTransfer(qmp).save());
        parts.ram().save(sink);
        if (exit().isPresent()) {
            throw new VmException("the guest ended while it was saved: " + exit().get());
        }
    }

    /** Moves its files into another working folder, where QEMU goes on writing them: it has them open. */
    void moveTo(VmSpec other) {
        Path folder = other.workDir();
        try {
            for (String name : List.of(QemuBackend.CONSOLE, QemuBackend.LOG_FILE, QemuBackend.DESCRIPTION)) {
                Files.move(
                        spec.workDir().resolve(name),
                        folder.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new VmException("moving the files of a virtual machine to " + folder + " failed: " + e, e);
        }
        papers = new Papers(
                folder.resolve(QemuBackend.CONSOLE),
                folder.resolve(QemuBackend.LOG_FILE),
                papers.description(),
                papers.keepsTime());
        spec = other;
    }

    @Override
    public Optional<VmExit> exit() {
        return ending.now();
    }

    @Override
    public Optional<VmExit> awaitExit(Duration timeout) throws InterruptedException {
        return ending.await(timeout);
    }

    @Override
    public void kill() {
        if (ending.isDecided()) {
            return;
        }
        killed.set(true);
        parts.process().destroyForcibly();
        if (ending.awaitUninterrupted(DEATH_TIMEOUT).isEmpty()) {
            throw new VmException("QEMU, pid " + parts.process().pid() + ", did not end within "
                    + DEATH_TIMEOUT.toSeconds() + " s of SIGKILL; see its state in /proc/"
                    + parts.process().pid() + "/status");
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            kill();
        } catch (VmException e) {
            LOG.error("{}", e.getMessage());
        }
        runControl.close();
        release("control channel", control);
        release("monitor", parts.qmp());
        release("doorbell", parts.bell());
        join(monitorThread);
        join(doorbellThread);
        release("RAM", parts.ram());
    }

    private static void release(String what, AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.error("closing the {} of a virtual machine failed: {}", what, e.toString());
        }
    }

    static void join(Thread thread) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(DEATH_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (thread.isAlive() && !interrupted) {
            LOG.error("thread {} did not end within {} s", thread.getName(), DEATH_TIMEOUT.toSeconds());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void onEvent(String name, JsonNode data) {
        if (name.equals("SHUTDOWN")) {
            shutdownReason = data.path("reason").asText("unknown");
        }
    }

    /** The monitor thread: reads until QEMU is gone, then decides how the guest ended. */
    private void watch() {
        VmExit end;
        try {
            qmp.run();
            if (!parts.process().waitFor(DEATH_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                // The monitor is gone but the process is not: it is of no use any more.
                parts.process().destroyForcibly().waitFor(DEATH_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
            end = ExitReason.decide(killed.get(), shutdownReason, parts.process(), papers.console(), papers.log());
        } catch (InterruptedException e) {
            end = new VmExit(VmExit.Kind.BACKEND_ERROR, "the thread that watches QEMU was interrupted");
        } catch (RuntimeException | LinkageError e) {
            // A jar replaced under a running JVM is a LinkageError here; whoever waits for the end must still get one.
            end = new VmExit(VmExit.Kind.BACKEND_ERROR, "watching QEMU failed: " + e);
        }
        ChildProcesses.forget(parts.process());
        ending.decide(end);
    }

    private void drainDoorbell() {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        try {
            while (parts.bell().read(bytes) >= 0) {
                doorbell.ring();
                bytes.clear();
            }
        } catch (ClosedChannelException e) {
            LOG.trace("doorbell closed with the machine");
        } catch (IOException e) {
            LOG.debug("doorbell: {}", e.toString());
        } finally {
            doorbell.end();
        }
    }
}
