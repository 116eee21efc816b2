package dev.ktstr.run;

import dev.ktstr.Guest;
import dev.ktstr.TestTopology;
import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.ExecResult;
import dev.ktstr.guest.GuestException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmExit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A guest whose agent has said hello and shows the topology that was asked for. The owner closes it. */
public final class BootedGuest implements Guest, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BootedGuest.class);
    private static final int MAX_TEXT = 1 << 20;
    private static final Duration END_GRACE = Duration.ofSeconds(2);

    private final VirtualMachine machine;
    private final AgentSession session;
    private final TestTopology topology;

    private final BootWay way;
    private final KernelView kernel;

    BootedGuest(VirtualMachine machine, AgentSession session, TestTopology topology, BootWay way, KernelImage image) {
        this.kernel = new KernelView(image, machine.memory(), this::file, KernelCache.standard());
        this.machine = machine;
        this.session = session;
        this.topology = topology;
        this.way = way;
    }

    /** How it came up. */
    public BootWay way() {
        return way;
    }

    /** Its kernel, seen from outside. Valid until this is closed. */
    public KernelView kernel() {
        return kernel;
    }

    /** A file of it, empty when it has none such. */
    private Optional<byte[]> file(String path, int max) {
        try {
            return Optional.of(session.readFile(path, max));
        } catch (GuestException e) {
            if (e.kind() == GuestException.Kind.AGENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The machine it runs in. */
    public VirtualMachine machine() {
        return machine;
    }

    /** The session with its agent. */
    public AgentSession session() {
        return session;
    }

    /** The topology that its sysfs shows. */
    public TestTopology topology() {
        return topology;
    }

    @Override
    public String kernelRelease() {
        return session.hello().kernelRelease();
    }

    @Override
    public Exec exec(List<String> argv, Duration timeout) {
        ExecResult result = session.exec(argv, timeout);
        return new Exec(result.exitCode(), result.signal(), result.output());
    }

    @Override
    public String readText(String path) {
        return new String(session.readFile(path, MAX_TEXT), StandardCharsets.UTF_8).stripTrailing();
    }

    @Override
    public void writeText(String path, String text) {
        session.writeFile(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The failure of a request to the agent in words that say what became of the guest. */
    RunException explain(String stage, GuestException failure) {
        return explain(machine, stage, failure);
    }

    static RunException explain(VirtualMachine machine, String stage, GuestException failure) {
        Optional<VmExit> end = machine.exit();
        if (end.isEmpty() && failure.kind() == GuestException.Kind.GUEST_ENDED) {
            try {
                end = machine.awaitExit(END_GRACE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        String message = end.map(exit -> switch (exit.kind()) {
                    case PANIC -> "the guest kernel panicked: " + exit.detail();
                    case RESET -> "the guest reset itself: " + exit.detail();
                    case CLEAN -> "the guest powered itself off: " + exit.detail();
                    case KILLED -> "the guest was ended by the host: " + exit.detail();
                    case BACKEND_ERROR -> "the virtual machine failed: " + exit.detail();
                })
                .orElseGet(() -> String.valueOf(failure.getMessage()));
        boolean hostFault = end.isPresent() && end.get().kind() == VmExit.Kind.BACKEND_ERROR;
        return hostFault ? RunException.setup(stage, message) : RunException.guest(stage, message, failure);
    }

    /** Ends the guest first: the session's threads then see the end of COM2 at once, instead of at their next look. */
    @Override
    public void close() {
        try {
            machine.kill();
        } catch (VmException e) {
            LOG.error("{}", e.getMessage());
        } finally {
            session.close();
            machine.close();
        }
    }
}
