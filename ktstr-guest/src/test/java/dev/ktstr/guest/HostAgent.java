package dev.ktstr.guest;

import dev.ktstr.guest.wire.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The agent as a process of this host: no machine, no other kernel. Its control channel is its standard input and output,
 * the shared window a file that both map. It makes a cgroup of its own, keeps all it starts below that, and ends with all of
 * it when it is closed, and also when this process dies in whatever way.
 */
final class HostAgent implements GuestPorts, AutoCloseable {
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOOK_NS = 500_000;

    private final Process process;
    private final ByteBuffer memory;
    private final InputStream fromAgent;
    private final OutputStream toAgent;
    private long seen;

    private HostAgent(Process process, ByteBuffer memory) {
        this.process = process;
        this.memory = memory;
        this.fromAgent = process.getInputStream();
        this.toAgent = process.getOutputStream();
    }

    /**
     * Starts it.
     *
     * @param agent the agent's program
     * @param cgroup absolute path of the cgroup it makes for itself, in a hierarchy of version 2
     * @param shared a folder for the window, in memory ({@code /dev/shm}); the file is gone again when this returns
     * @param log where its messages go
     * @throws IOException when the program or the window cannot be; what the agent itself cannot do is told by its hello
     */
    static HostAgent start(Path agent, Path cgroup, Path shared, Path log) throws IOException {
        Path window = Files.createTempFile(shared, "ktstr-window-", "");
        try (FileChannel channel = FileChannel.open(window, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, Layout.WINDOW_SIZE)
                    .order(ByteOrder.LITTLE_ENDIAN);
            Process process = new ProcessBuilder(
                            agent.toString(), "--host", "--cgroup", cgroup.toString(), "--window", window.toString())
                    .redirectError(log.toFile())
                    .start();
            HostAgent started = new HostAgent(process, memory);
            started.awaitWindow();
            return started;
        } finally {
            Files.delete(window);
        }
    }

    /** Waits until the agent has the window or has ended: the file goes then. */
    private void awaitWindow() {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (window().getLongAcquire(Layout.MAGIC_AT) != Layout.WINDOW_MAGIC
                && process.isAlive()
                && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /** The agent's process. */
    ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public int read(ByteBuffer target, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (fromAgent.available() == 0 && process.isAlive() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(LOOK_NS);
        }
        int there = fromAgent.available();
        if (there == 0) {
            return process.isAlive() ? 0 : -1;
        }
        byte[] bytes = fromAgent.readNBytes(Math.min(there, target.remaining()));
        target.put(bytes);
        return bytes.length;
    }

    @Override
    public void write(ByteBuffer source, Duration timeout) throws IOException {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        toAgent.write(bytes);
        toAgent.flush();
    }

    @Override
    public synchronized boolean awaitDoorbell(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        do {
            long head = window().getLongAcquire(Layout.AGENT_HEAD_AT);
            if (head != seen) {
                seen = head;
                return true;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(LOOK_NS);
        } while (process.isAlive() && System.nanoTime() - deadline < 0);
        return false;
    }

    @Override
    public boolean ended() {
        return !process.isAlive();
    }

    /** Ends it, with everything it started and its cgroup; one that does not end in time is killed, and its cgroup may stay. */
    @Override
    public void close() {
        try (toAgent;
                fromAgent) {
            toAgent.close(); // the agent's sign to end
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            process.destroyForcibly(); // the pipe broke: it is gone, or going
        }
    }

    @Override
    public SharedWindow window() {
        return new SharedWindow() {
            @Override
            public long size() {
                return memory.capacity();
            }

            @Override
            public void read(long offset, byte[] target, int at, int length) {
                memory.get((int) offset, target, at, length);
            }

            @Override
            public void write(long offset, byte[] source, int at, int length) {
                memory.put((int) offset, source, at, length);
            }

            @Override
            public int getIntAcquire(long offset) {
                return (int) INT.getAcquire(memory, (int) offset);
            }

            @Override
            public void putIntRelease(long offset, int value) {
                INT.setRelease(memory, (int) offset, value);
            }

            @Override
            public long getLongAcquire(long offset) {
                return (long) LONG.getAcquire(memory, (int) offset);
            }

            @Override
            public void putLongRelease(long offset, long value) {
                LONG.setRelease(memory, (int) offset, value);
            }
        };
    }
}
