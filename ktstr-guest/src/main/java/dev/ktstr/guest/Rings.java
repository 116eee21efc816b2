package dev.ktstr.guest;

import dev.ktstr.guest.GuestPorts.SharedWindow;
import dev.ktstr.guest.wire.Layout;
import java.util.Optional;

/** The host's ends of the two rings in the shared window. Not thread-safe: one caller offers, one takes. */
final class Rings {
    private static final String CHANNEL = "The agent's ring in shared memory";

    private final SharedWindow window;

    Rings(SharedWindow window) {
        this.window = window;
    }

    /** Puts a frame into the host's ring if there is room. */
    boolean offer(Frame frame) {
        long head = window.getLongAcquire(Layout.HOST_HEAD_AT);
        long tail = window.getLongAcquire(Layout.HOST_TAIL_AT);
        long filled = head - tail;
        if (filled < 0 || filled > Layout.HOST_RING_SIZE) {
            throw new GuestException(
                    GuestException.Kind.PROTOCOL,
                    "send",
                    "The guest says it has read " + tail + " bytes of the " + head
                            + " that were sent. It broke the protocol");
        }
        byte[] header = frame.header();
        int whole = header.length + frame.payload().length;
        if (Layout.HOST_RING_SIZE - filled < whole) {
            return false;
        }
        put(head, header);
        put(head + header.length, frame.payload());
        window.putLongRelease(Layout.HOST_HEAD_AT, head + whole);
        return true;
    }

    private void put(long position, byte[] bytes) {
        int at = (int) (position & (Layout.HOST_RING_SIZE - 1));
        int first = Math.min(bytes.length, Layout.HOST_RING_SIZE - at);
        window.write(Layout.HOST_RING_AT + at, bytes, 0, first);
        window.write(Layout.HOST_RING_AT, bytes, first, bytes.length - first);
    }

    /** Takes the next frame of the agent's ring, if there is one. */
    Optional<Frame> poll() {
        long tail = window.getLongAcquire(Layout.AGENT_TAIL_AT);
        long head = window.getLongAcquire(Layout.AGENT_HEAD_AT);
        long filled = head - tail;
        if (filled == 0) {
            return Optional.empty();
        }
        if (filled < Layout.FRAME_HEADER || filled > Layout.AGENT_RING_SIZE) {
            throw new GuestException(
                    GuestException.Kind.PROTOCOL,
                    "receive",
                    CHANNEL + " holds " + filled + " bytes, which cannot be. The guest broke the protocol");
        }
        Frame.Header header = Frame.Header.of(get(tail, Layout.FRAME_HEADER), Layout.MAX_PAYLOAD, CHANNEL);
        if (header.length() > filled - Layout.FRAME_HEADER) {
            throw new GuestException(
                    GuestException.Kind.PROTOCOL,
                    "receive",
                    CHANNEL + " has a frame that is longer than what was written. The guest broke the protocol");
        }
        Frame frame = Frame.open(header, get(tail + Layout.FRAME_HEADER, header.length()), CHANNEL);
        window.putLongRelease(Layout.AGENT_TAIL_AT, tail + Layout.FRAME_HEADER + header.length());
        return Optional.of(frame);
    }

    private byte[] get(long position, int length) {
        byte[] bytes = new byte[length];
        int at = (int) (position & (Layout.AGENT_RING_SIZE - 1));
        int first = Math.min(length, Layout.AGENT_RING_SIZE - at);
        window.read(Layout.AGENT_RING_AT + at, bytes, 0, first);
        window.read(Layout.AGENT_RING_AT, bytes, first, length - first);
        return bytes;
    }
}
