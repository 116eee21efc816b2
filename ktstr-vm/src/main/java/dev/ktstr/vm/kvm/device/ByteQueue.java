package dev.ktstr.vm.kvm.device;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue of bytes between a device, whose end never waits, and the host, whose end does.
 *
 * <p>Two directions, one class: the guest's output, put by the device and read by a host thread; and its input, written by
 * a host thread and taken by the device. The device learns of the host's doings by the {@code Runnable} it gives to
 * {@link #onHostAction}.
 */
public final class ByteQueue {
    private final byte[] ring;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int head;
    private int count;
    private long total;
    private boolean closed;
    private volatile Runnable hostAction = () -> {};

    /**
     * Makes it.
     *
     * @param capacity bytes that can be under way, at least 1
     */
    public ByteQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a queue of " + capacity + " bytes carries nothing");
        }
        ring = new byte[capacity];
    }

    /** Bytes that can be under way. */
    public int capacity() {
        return ring.length;
    }

    /** Bytes under way. */
    public int size() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that ever came in. */
    public long total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #close()} was called. */
    public boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Device's end: adds one byte. Returns false when it is full or closed. */
    boolean offer(byte value) {
        lock.lock();
        try {
            if (closed || count == ring.length) {
                return false;
            }
            add(value);
            if (count == 1) {
                changed.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Device's end: takes one byte, 0 to 255, or -1 when there is none. */
    int poll() {
        lock.lock();
        try {
            if (count == 0) {
                return -1;
            }
            boolean wasFull = count == ring.length;
            int value = remove() & 0xff;
            if (wasFull) {
                changed.signalAll();
            }
            return value;
        } finally {
            lock.unlock();
        }
    }

    /** Device's end: what to call, outside this queue's lock, after the host read, wrote or closed. */
    void onHostAction(Runnable action) {
        hostAction = action;
    }

    /**
     * Host's end: reads what is there, waiting for the first byte.
     *
     * @return bytes put into {@code target}; 0 when the time passed first; -1 when the queue is closed and empty
     */
    public int read(byte[] target, int offset, int length, long timeoutNanos) throws InterruptedException {
        int n;
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (count == 0) {
                if (closed) {
                    return -1;
                }
                if (left <= 0) {
                    return 0;
                }
                left = changed.awaitNanos(left);
            }
            n = Math.min(count, length);
            for (int i = 0; i < n; i++) {
                target[offset + i] = remove();
            }
        } finally {
            lock.unlock();
        }
        hostAction.run();
        return n;
    }

    /**
     * Host's end: writes, waiting for room.
     *
     * @return bytes written: less than {@code length} when the time passed first, or -1 when the queue is closed
     */
    public int write(byte[] source, int offset, int length, long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        int done = 0;
        while (done < length) {
            int n = writeSome(source, offset + done, length - done, deadline - System.nanoTime());
            if (n < 0) {
                return -1;
            }
            if (n == 0) {
                break;
            }
            hostAction.run();
            done += n;
        }
        return done;
    }

    private int writeSome(byte[] source, int offset, int length, long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (count == ring.length && !closed) {
                if (left <= 0) {
                    return 0;
                }
                left = changed.awaitNanos(left);
            }
            if (closed) {
                return -1;
            }
            int n = Math.min(ring.length - count, length);
            for (int i = 0; i < n; i++) {
                add(source[offset + i]);
            }
            return n;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more bytes and wakes whoever waits; bytes under way can still be read. Idempotent. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        hostAction.run();
    }

    /** A copy of the bytes under way, oldest first. */
    byte[] snapshot() {
        lock.lock();
        try {
            byte[] copy = new byte[count];
            for (int i = 0; i < count; i++) {
                copy[i] = ring[(head + i) % ring.length];
            }
            return copy;
        } finally {
            lock.unlock();
        }
    }

    /** Puts these bytes in the place of those under way; there must be room for them. */
    void replace(byte[] bytes) {
        lock.lock();
        try {
            System.arraycopy(bytes, 0, ring, 0, bytes.length);
            head = 0;
            count = bytes.length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(byte value) {
        total++;
        int tail = head + count;
        ring[tail < ring.length ? tail : tail - ring.length] = value;
        count++;
    }

    private byte remove() {
        byte value = ring[head];
        head = head + 1 == ring.length ? 0 : head + 1;
        count--;
        return value;
    }
}
