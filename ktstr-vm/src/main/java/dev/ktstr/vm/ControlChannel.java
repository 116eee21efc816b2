package dev.ktstr.vm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The host's end of the guest's COM2: bytes in order, both ways. One reader and one writer at a time. */
public interface ControlChannel {
    /**
     * Reads what has arrived, waiting for the first byte.
     *
     * @return number of bytes put into {@code target}, 0 when {@code timeout} passed first, -1 when the guest has ended
     * @throws IOException when the channel failed
     */
    int read(ByteBuffer target, Duration timeout) throws IOException;

    /**
     * Writes all remaining bytes.
     *
     * @throws IOException when the guest has ended, or does not take the bytes within {@code timeout}
     */
    void write(ByteBuffer source, Duration timeout) throws IOException;
}
