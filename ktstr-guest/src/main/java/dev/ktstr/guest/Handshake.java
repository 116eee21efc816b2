package dev.ktstr.guest;

import dev.ktstr.guest.wire.Failure;
import dev.ktstr.guest.wire.Hello;
import dev.ktstr.guest.wire.Layout;
import dev.ktstr.guest.wire.MessageType;
import dev.ktstr.guest.wire.Wire;
import dev.ktstr.guest.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;

/** The first exchange: the agent's hello on COM2, its version, and the proof that both see the same shared window. */
final class Handshake {
    private static final String STAGE = "hello";

    private static final Duration QUIET = Duration.ofMillis(1);

    private Handshake() {}

    /** Waits for the hello and checks it; bytes behind it stay in {@code serial}. */
    static Hello await(GuestPorts ports, SerialFrames serial, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Optional<Frame> frame = serial.poll();
        while (frame.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new GuestException(
                        GuestException.Kind.TIMEOUT,
                        STAGE,
                        "The agent did not say hello within " + timeout.toMillis()
                                + " ms. The guest's console tells how far it came");
            }
            read(ports, serial, Duration.ofNanos(left));
            frame = serial.poll();
        }
        Hello hello = decode(frame.get());
        checkWindow(ports.window());
        return hello;
    }

    /**
     * Whether the agent still is where its hello left it: neither side has written to a ring, and nothing came on COM2. What
     * did come is added to {@code serial}.
     */
    static boolean untouched(GuestPorts ports, SerialFrames serial) {
        read(ports, serial, QUIET);
        GuestPorts.SharedWindow window = ports.window();
        return serial.isEmpty()
                && window.getLongAcquire(Layout.HOST_HEAD_AT) == 0
                && window.getLongAcquire(Layout.HOST_TAIL_AT) == 0
                && window.getLongAcquire(Layout.AGENT_HEAD_AT) == 0
                && window.getLongAcquire(Layout.AGENT_TAIL_AT) == 0;
    }

    private static void read(GuestPorts ports, SerialFrames serial, Duration timeout) {
        try {
            if (!AgentLink.readSerial(ports, serial, timeout)) {
                throw new GuestException(
                        GuestException.Kind.GUEST_ENDED,
                        STAGE,
                        "The guest ended before its agent said hello. Its console tells why");
            }
        } catch (IOException e) {
            throw new GuestException(GuestException.Kind.PROTOCOL, STAGE, "Reading COM2 failed: " + e.getMessage(), e);
        }
    }

    private static Hello decode(Frame frame) {
        try {
            if (frame.type() == MessageType.FATAL) {
                throw new GuestException(
                        GuestException.Kind.AGENT,
                        STAGE,
                        "The agent could not start: "
                                + Wire.decode(Failure.class, frame.payload()).message());
            }
            if (frame.type() != MessageType.HELLO || frame.payload().length < Long.BYTES) {
                throw new GuestException(
                        GuestException.Kind.PROTOCOL,
                        STAGE,
                        "The agent's first message is no hello but " + frame.type());
            }
            // The hash stands first: the rest is decoded only when both mean the same by it.
            long hash = ByteBuffer.wrap(frame.payload())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            if (hash != Wire.PROTOCOL_HASH) {
                throw mismatch("The agent in the boot image speaks protocol", hash);
            }
            return Wire.decode(Hello.class, frame.payload());
        } catch (WireException e) {
            throw new GuestException(
                    GuestException.Kind.PROTOCOL, STAGE, "The agent's hello cannot be decoded: " + e.getMessage(), e);
        }
    }

    static void checkWindow(GuestPorts.SharedWindow window) {
        if (window.size() < Layout.WINDOW_SIZE) {
            throw new IllegalArgumentException(
                    "the shared window has " + window.size() + " bytes, " + Layout.WINDOW_SIZE + " are needed");
        }
        if (window.getLongAcquire(Layout.MAGIC_AT) != Layout.WINDOW_MAGIC) {
            throw new GuestException(
                    GuestException.Kind.PROTOCOL,
                    STAGE,
                    "Host and guest do not see the same shared memory: the agent's mark is not there. Do memmap= and"
                            + " ktstr.shm= on the kernel command line name the window that the host maps?");
        }
        long hash = window.getLongAcquire(Layout.HASH_AT);
        if (hash != Wire.PROTOCOL_HASH) {
            throw mismatch("The shared window was laid out by an agent of protocol", hash);
        }
    }

    private static GuestException mismatch(String who, long hash) {
        return new GuestException(
                GuestException.Kind.PROTOCOL,
                STAGE,
                who + " " + Long.toHexString(hash) + ", this host speaks " + Long.toHexString(Wire.PROTOCOL_HASH)
                        + ". They come from different builds: clear the boot image cache, or build again");
    }
}
