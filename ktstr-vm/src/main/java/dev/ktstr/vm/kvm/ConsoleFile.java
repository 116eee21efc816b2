package dev.ktstr.vm.kvm;

import dev.ktstr.vm.kvm.device.ByteQueue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes COM1's output to a file, on a thread of its own, so that a slow disk slows no vCPU down before the queue is full.
 */
final class ConsoleFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleFile.class);
    private static final int CHUNK = 64 << 10;
    private static final long POLL = TimeUnit.SECONDS.toNanos(10);
    private static final long END_TIMEOUT_MS = 10_000;

    private final ByteQueue output;
    private final Path file;
    private final FileChannel channel;
    private final Thread writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private long written;
    private boolean ended;
    private @Nullable IOException failure;

    /** Opens the file, empty; {@link #start} begins to write. */
    ConsoleFile(ByteQueue output, Path file, String machine) throws IOException {
        this(output, file, new byte[0], machine);
    }

    /** Opens the file with what was printed before; {@link #start} begins to write behind it. */
    ConsoleFile(ByteQueue output, Path file, byte[] before, String machine) throws IOException {
        this.output = output;
        this.file = file;
        channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        keep(ByteBuffer.wrap(before));
        writer = new Thread(this::write, "ktstr-console-" + machine);
        writer.setDaemon(true);
    }

    void start() {
        writer.start();
    }

    /** Waits until all that the guest had printed is in the file, at most {@code timeoutNanos}. */
    void flush(long timeoutNanos) throws InterruptedException {
        long wanted = output.total();
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (written < wanted && !ended && left > 0) {
                left = progress.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** No more output: writes what is left and ends the thread. */
    @Override
    public void close() {
        output.close();
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_TIMEOUT_MS);
        while (writer.isAlive() && System.nanoTime() < deadline) {
            try {
                writer.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (writer.isAlive()) {
            LOG.error("the console {} is still being written; the disk does not take it", file);
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.error("closing the console {} failed: {}", file, e.toString());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        byte[] bytes = new byte[CHUNK];
        try {
            for (int n; (n = output.read(bytes, 0, bytes.length, POLL)) >= 0; ) {
                keep(ByteBuffer.wrap(bytes, 0, n));
                count(n);
            }
        } catch (InterruptedException e) {
            LOG.error("the console {} ends early: its writer was interrupted", file);
            output.close();
        } finally {
            lock.lock();
            try {
                ended = true;
                progress.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void count(int n) {
        lock.lock();
        try {
            written += n;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A full disk must not stop the guest: said once, and the rest is dropped. */
    private void keep(ByteBuffer bytes) {
        if (failure != null) {
            return;
        }
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            failure = e;
            LOG.error("writing the console {} failed, and its rest is lost: {}", file, e.toString());
        }
    }
}
