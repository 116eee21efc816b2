package dev.ktstr.vm.kvm;

import dev.ktstr.vm.ControlChannel;
import dev.ktstr.vm.kvm.device.ByteQueue;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * COM2 over the queues of its device. What the guest printed on COM1 before it wrote here is in the console's file when
 * the bytes are read here, so a host that hears of an event can look for its cause.
 */
final class QueueControlChannel implements ControlChannel {
    private static final int CHUNK = 4096;
    private static final long FLUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ByteQueue fromGuest;
    private final ByteQueue toGuest;
    private final ConsoleFile console;
    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();

    QueueControlChannel(ByteQueue fromGuest, ByteQueue toGuest, ConsoleFile console) {
        this.fromGuest = fromGuest;
        this.toGuest = toGuest;
        this.console = console;
    }

    @Override
    public int read(ByteBuffer target, Duration timeout) throws IOException {
        if (!target.hasRemaining()) {
            throw new IllegalArgumentException("the buffer is full");
        }
        readLock.lock();
        try {
            byte[] bytes = new byte[Math.min(target.remaining(), CHUNK)];
            int n = fromGuest.read(bytes, 0, bytes.length, timeout.toNanos());
            if (n > 0) {
                console.flush(FLUSH_NANOS);
                target.put(bytes, 0, n);
            }
            return n;
        } catch (InterruptedException e) {
            throw interrupted("reading from", e);
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public void write(ByteBuffer source, Duration timeout) throws IOException {
        writeLock.lock();
        try {
            byte[] bytes = new byte[source.remaining()];
            source.duplicate().get(bytes);
            int n = toGuest.write(bytes, 0, bytes.length, timeout.toNanos());
            if (n < 0) {
                throw new IOException("the guest has ended; " + bytes.length + " bytes for its COM2 were not sent");
            }
            source.position(source.position() + n);
            if (n < bytes.length) {
                throw new IOException("the guest did not take the last " + (bytes.length - n)
                        + " bytes sent to its COM2 within " + timeout.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            throw interrupted("writing to", e);
        } finally {
            writeLock.unlock();
        }
    }

    private static InterruptedIOException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException failure = new InterruptedIOException("interrupted while " + what + " the guest's COM2");
        failure.initCause(e);
        return failure;
    }

    /** The guest has ended: what it sent can still be read, then reads give -1; writes fail. */
    void end() {
        fromGuest.close();
        toGuest.close();
    }
}
