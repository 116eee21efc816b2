package dev.ktstr.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * What a session with the agent needs of a machine: a byte channel, a window of shared memory, and a doorbell. The
 * harness adapts a virtual machine to it; tests adapt a fake.
 */
public interface GuestPorts {
    /**
     * Reads what has arrived on the control channel, waiting for the first byte.
     *
     * @return bytes read, 0 when {@code timeout} passed first, -1 when the guest has ended
     */
    int read(ByteBuffer target, Duration timeout) throws IOException;

    /** Writes all remaining bytes to the control channel, or throws when the guest does not take them in time. */
    void write(ByteBuffer source, Duration timeout) throws IOException;

    /** The shared-memory window. */
    SharedWindow window();

    /**
     * Waits for the guest to ring.
     *
     * @return true when it rang, false when the time passed; when the guest has ended, false at once
     */
    boolean awaitDoorbell(Duration timeout) throws InterruptedException;

    /** Whether the guest has ended. */
    boolean ended();

    /** A window of memory that guest and host both see, by offset, little-endian, bounds-checked. */
    interface SharedWindow {
        long size();

        void read(long offset, byte[] target, int at, int length);

        void write(long offset, byte[] source, int at, int length);

        int getIntAcquire(long offset);

        void putIntRelease(long offset, int value);

        long getLongAcquire(long offset);

        void putLongRelease(long offset, long value);
    }
}
