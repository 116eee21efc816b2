package dev.ktstr.guest;

import dev.ktstr.guest.wire.Layout;
import dev.ktstr.guest.wire.MessageType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Moves frames between a guest's ports and an {@link Inbox}: one thread listens to COM2, one to the doorbell. Closing
 * ends both.
 */
final class AgentLink implements AutoCloseable {
    private static final Duration SLICE = Duration.ofMillis(100);
    private static final Duration SERIAL_WRITE = Duration.ofSeconds(30);
    private static final long ROOM_NS = 200_000;
    private static final long ENDING_NS = 1_000_000_000;

    private final GuestPorts ports;
    private final Inbox inbox;
    private final Rings rings;
    private final SerialFrames serial;
    private final Object sendLock = new Object();
    private final Object receiveLock = new Object();
    private final Object serialLock = new Object();
    private final Thread com2Thread;
    private final Thread ringThread;
    private volatile boolean closed;

    /** Starts listening; {@code serial} may hold bytes that came behind the hello. */
    AgentLink(GuestPorts ports, Inbox inbox, SerialFrames serial) {
        this.ports = ports;
        this.inbox = inbox;
        this.serial = serial;
        this.rings = new Rings(ports.window());
        this.com2Thread = start("ktstr-agent-com2", this::listenToSerial);
        this.ringThread = start("ktstr-agent-ring", this::listenToDoorbell);
    }

    private Thread start(String name, Runnable body) {
        Thread thread = new Thread(
                () -> {
                    try {
                        body.run();
                    } catch (GuestException e) {
                        inbox.fail(e);
                    } catch (RuntimeException e) {
                        // The window is the machine's; once that is closed every access throws.
                        inbox.fail(new GuestException(
                                closed || ports.ended()
                                        ? GuestException.Kind.GUEST_ENDED
                                        : GuestException.Kind.PROTOCOL,
                                "receive",
                                "The link to the guest broke: " + e.getMessage(),
                                e));
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Reads once from COM2. Returns false when the guest has ended. */
    static boolean readSerial(GuestPorts ports, SerialFrames into, Duration timeout) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        int n = ports.read(buffer, timeout);
        if (n > 0) {
            into.add(buffer.array(), n);
        }
        return n >= 0;
    }

    private void listenToSerial() {
        try {
            boolean alive = true;
            while (alive && !closed) {
                drain(serial::poll, inbox::accept);
                alive = readSerial(ports, serial, SLICE);
            }
        } catch (IOException e) {
            if (!closed && !ports.ended()) {
                throw new GuestException(
                        GuestException.Kind.PROTOCOL, "receive", "Reading COM2 failed: " + e.getMessage(), e);
            }
        }
        // All that COM2 had was read, so a last word of the agent comes before the news that the guest is gone.
        drain(serial::poll, inbox::accept);
        drainRing();
        inbox.fail(new GuestException(
                GuestException.Kind.GUEST_ENDED,
                "receive",
                closed ? "The session with the agent was closed" : "The guest ended. Its console tells why"));
    }

    private void listenToDoorbell() {
        try {
            while (!closed && !ports.ended()) {
                drainRing();
                ports.awaitDoorbell(SLICE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() asks for the end
        }
    }

    private void drainRing() {
        synchronized (receiveLock) {
            drain(rings::poll, inbox::accept);
        }
    }

    private static void drain(java.util.function.Supplier<Optional<Frame>> from, Consumer<Frame> to) {
        for (Optional<Frame> frame = from.get(); frame.isPresent(); frame = from.get()) {
            to.accept(frame.get());
        }
    }

    /** Puts a frame into the host's ring, waiting for room until {@code deadlineNs} of {@link System#nanoTime()}. */
    void send(MessageType type, Inbox.Pending request, byte[] payload, long deadlineNs) {
        Frame frame = new Frame(type, request.id(), payload);
        synchronized (sendLock) {
            while (!rings.offer(frame)) {
                GuestException failure = inbox.failure();
                if (failure != null) {
                    throw failure;
                }
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new GuestException(
                            GuestException.Kind.TIMEOUT,
                            request.stage(),
                            "The guest does not empty its mailbox (" + request.stage()
                                    + "). Is it alive? Its console tells");
                }
                LockSupport.parkNanos(ROOM_NS);
            }
        }
    }

    /** Writes a frame to COM2, where it is read also while a scenario runs. */
    void sendSerial(MessageType type, Inbox.Pending request, byte[] payload) {
        if (payload.length > Layout.MAX_SERIAL_PAYLOAD) {
            throw new IllegalArgumentException(payload.length + " bytes are too many for COM2; at most "
                    + Layout.MAX_SERIAL_PAYLOAD + ". Send it as a file");
        }
        Frame frame = new Frame(type, request.id(), payload);
        ByteBuffer bytes = ByteBuffer.allocate(Layout.FRAME_HEADER + payload.length);
        bytes.put(frame.header()).put(payload).flip();
        synchronized (serialLock) {
            try {
                ports.write(bytes, SERIAL_WRITE);
            } catch (IOException e) {
                GuestException.Kind kind = endsSoon() ? GuestException.Kind.GUEST_ENDED : GuestException.Kind.TIMEOUT;
                throw new GuestException(
                        kind,
                        request.stage(),
                        "Writing to COM2 failed (" + request.stage() + "): " + e.getMessage(),
                        e);
            }
        }
    }

    /** Whether the guest has ended, or does so now: its end of the channel breaks before it is seen to be gone. */
    private boolean endsSoon() {
        long deadline = System.nanoTime() + ENDING_NS;
        while (!ports.ended() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(ROOM_NS);
        }
        return ports.ended();
    }

    @Override
    public void close() {
        closed = true;
        ringThread.interrupt();
        boolean interrupted = false;
        for (Thread thread : new Thread[] {com2Thread, ringThread}) {
            try {
                thread.join(5_000);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
