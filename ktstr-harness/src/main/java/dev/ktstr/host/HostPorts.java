package dev.ktstr.host;

import dev.ktstr.guest.GuestPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ports of an agent that is a child process: its standard input and output for COM2, a file that both map for the window.
 * There is no doorbell; the window is looked at every few milliseconds.
 */
final class HostPorts implements GuestPorts {
    private static final long LOOK_MS = 5;
    private static final byte[] END = {};

    private final Process agent;
    private final OutputStream toAgent;
    private final Window window;
    private final LinkedBlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
    private @Nullable ByteBuffer rest;
    private volatile boolean ended;

    /** @param shared the window, mapped for reading and writing */
    HostPorts(Process agent, MappedByteBuffer shared) {
        this.agent = agent;
        this.toAgent = agent.getOutputStream();
        this.window = new Window(shared);
        Thread reader = new Thread(this::pump, "ktstr-host-agent");
        reader.setDaemon(true);
        reader.start();
    }

    /** Ends when the agent closes its output, at its end at the latest. */
    private void pump() {
        try (InputStream in = agent.getInputStream()) {
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                arrived.add(java.util.Arrays.copyOf(buffer, n));
            }
        } catch (IOException e) {
            // The stream was closed under us: the agent has ended.
        } finally {
            arrived.add(END);
        }
    }

    @Override
    public int read(ByteBuffer target, Duration timeout) throws IOException {
        ByteBuffer from = rest;
        if (from == null) {
            if (ended) {
                return -1;
            }
            try {
                byte[] next = arrived.poll(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
                if (next == null) {
                    return 0;
                }
                if (next == END) {
                    ended = true;
                    return -1;
                }
                from = ByteBuffer.wrap(next);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 0;
            }
        }
        int n = Math.min(from.remaining(), target.remaining());
        target.put(from.array(), from.position(), n);
        from.position(from.position() + n);
        rest = from.hasRemaining() ? from : null;
        return n;
    }

    /** Into the pipe, which the agent empties while it lives; a dead one breaks the pipe. */
    @Override
    public void write(ByteBuffer source, Duration timeout) throws IOException {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        toAgent.write(bytes);
        toAgent.flush();
    }

    @Override
    public SharedWindow window() {
        return window;
    }

    @Override
    public boolean awaitDoorbell(Duration timeout) throws InterruptedException {
        if (ended()) {
            return false;
        }
        Thread.sleep(Math.min(LOOK_MS, Math.max(1, timeout.toMillis())));
        return true;
    }

    @Override
    public boolean ended() {
        return ended || !agent.isAlive();
    }

    /** The mapped file. */
    private static final class Window implements SharedWindow {
        private static final VarHandle INT =
                MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
        private static final VarHandle LONG =
                MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        private final MappedByteBuffer bytes;

        Window(MappedByteBuffer bytes) {
            this.bytes = bytes;
        }

        private int at(long offset, int length) {
            return Math.toIntExact(Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ size()));
        }

        @Override
        public long size() {
            return bytes.capacity();
        }

        @Override
        public void read(long offset, byte[] target, int at, int length) {
            bytes.get(at(offset, length), target, at, length);
        }

        @Override
        public void write(long offset, byte[] source, int at, int length) {
            bytes.put(at(offset, length), source, at, length);
        }

        @Override
        public int getIntAcquire(long offset) {
            return (int) INT.getAcquire(bytes, at(offset, Integer.BYTES));
        }

        @Override
        public void putIntRelease(long offset, int value) {
            INT.setRelease(bytes, at(offset, Integer.BYTES), value);
        }

        @Override
        public long getLongAcquire(long offset) {
            return (long) LONG.getAcquire(bytes, at(offset, Long.BYTES));
        }

        @Override
        public void putLongRelease(long offset, long value) {
            LONG.setRelease(bytes, at(offset, Long.BYTES), value);
        }
    }
}
