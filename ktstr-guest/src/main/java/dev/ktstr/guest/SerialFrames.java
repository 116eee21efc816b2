package dev.ktstr.guest;

import dev.ktstr.guest.wire.Layout;
import java.util.Arrays;
import java.util.Optional;

/** Cuts the bytes of COM2 into frames; what stands before a frame's magic word is noise of the line and skipped. */
final class SerialFrames {
    private static final String CHANNEL = "COM2";

    private byte[] bytes = new byte[8192];
    private int from;
    private int to;

    /** Adds what was read. */
    void add(byte[] source, int length) {
        if (bytes.length - to < length) {
            int filled = to - from;
            byte[] target = filled + length > bytes.length ? new byte[2 * (filled + length)] : bytes;
            System.arraycopy(bytes, from, target, 0, filled);
            bytes = target;
            from = 0;
            to = filled;
        }
        System.arraycopy(source, 0, bytes, to, length);
        to += length;
    }

    /** Takes the next complete frame. */
    Optional<Frame> poll() {
        while (to - from >= 4 && !atMagic()) {
            from++;
        }
        if (to - from < Layout.FRAME_HEADER) {
            return Optional.empty();
        }
        Frame.Header header = Frame.Header.of(
                Arrays.copyOfRange(bytes, from, from + Layout.FRAME_HEADER), Layout.MAX_SERIAL_PAYLOAD, CHANNEL);
        int end = from + Layout.FRAME_HEADER + header.length();
        if (end > to) {
            return Optional.empty();
        }
        Frame frame = Frame.open(header, Arrays.copyOfRange(bytes, from + Layout.FRAME_HEADER, end), CHANNEL);
        from = end;
        return Optional.of(frame);
    }

    /** Whether all that was added has been taken. */
    boolean isEmpty() {
        return from == to;
    }

    private boolean atMagic() {
        for (int i = 0; i < 4; i++) {
            if (bytes[from + i] != (byte) (Layout.FRAME_MAGIC >>> (8 * i))) {
                return false;
            }
        }
        return true;
    }
}
