package dev.ktstr.vm.internal.ram;

import dev.ktstr.vm.GuestMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Guest memory composed of mapped segments.
 *
 * <p>Every access announces itself before it touches a buffer, and {@link #close()} turns newcomers away and waits for
 * those under way before anything is unmapped: a late reader gets an exception, not a fault of the process.
 */
public final class MappedGuestMemory implements GuestMemory, AutoCloseable {
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long CLOSED = Long.MIN_VALUE;

    /**
     * A run of RAM.
     *
     * @param gpa its first guest-physical address
     * @param bytes its bytes, from index 0 to the capacity
     */
    public record Segment(long gpa, ByteBuffer bytes) {
        long end() {
            return gpa + bytes.capacity();
        }
    }

    private final Segment[] segments;
    private final long size;
    private final Runnable release;
    /** Accesses under way; with {@link #CLOSED} added once closed. */
    private final AtomicLong users = new AtomicLong();

    private final AtomicBoolean closing = new AtomicBoolean();

    /**
     * Composes segments.
     *
     * @param segments in any order, not overlapping
     * @param release called once, when closed and no access is under way any more
     */
    public MappedGuestMemory(List<Segment> segments, Runnable release) {
        this.segments =
                segments.stream().sorted(Comparator.comparingLong(Segment::gpa)).toArray(Segment[]::new);
        for (int i = 1; i < this.segments.length; i++) {
            if (this.segments[i].gpa() < this.segments[i - 1].end()) {
                throw new IllegalArgumentException("segments overlap at " + hex(this.segments[i].gpa()));
            }
        }
        this.size = segments.stream().mapToLong(s -> s.bytes().capacity()).sum();
        this.release = release;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean contains(long gpa, long length) {
        if (gpa < 0 || length < 0 || gpa > Long.MAX_VALUE - length) {
            return false;
        }
        long at = gpa;
        long end = gpa + length;
        int i = find(at);
        if (i < 0) {
            return false;
        }
        while (at < end) {
            if (i >= segments.length || at < segments[i].gpa()) {
                return false;
            }
            at = segments[i++].end();
        }
        return true;
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        eachPart(gpa, length, (bytes, at, done, n) -> bytes.get(at, target, offset + done, n));
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        eachPart(gpa, length, (bytes, at, done, n) -> bytes.put(at, source, offset + done, n));
    }

    /** Copies {@code n} bytes between a segment's {@code at} and what lies {@code done} bytes into the caller's range. */
    @FunctionalInterface
    private interface Copy {
        void part(ByteBuffer bytes, int at, int done, int n);
    }

    /** Walks the segments under a range of guest memory, after the one bounds check for all of it. */
    private void eachPart(long gpa, int length, Copy copy) {
        enter();
        try {
            checkRange(gpa, length);
            int done = 0;
            for (int i = find(gpa); done < length; i++) {
                int at = Math.toIntExact(gpa + done - segments[i].gpa());
                int n = Math.min(length - done, segments[i].bytes().capacity() - at);
                copy.part(segments[i].bytes(), at, done, n);
                done += n;
            }
        } finally {
            leave();
        }
    }

    @Override
    public int getIntAcquire(long gpa) {
        enter();
        try {
            Segment s = aligned(gpa, Integer.BYTES);
            return (int) INTS.getAcquire(s.bytes(), (int) (gpa - s.gpa()));
        } finally {
            leave();
        }
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        enter();
        try {
            Segment s = aligned(gpa, Integer.BYTES);
            INTS.setRelease(s.bytes(), (int) (gpa - s.gpa()), value);
        } finally {
            leave();
        }
    }

    @Override
    public long getLongAcquire(long gpa) {
        enter();
        try {
            Segment s = aligned(gpa, Long.BYTES);
            return (long) LONGS.getAcquire(s.bytes(), (int) (gpa - s.gpa()));
        } finally {
            leave();
        }
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        enter();
        try {
            Segment s = aligned(gpa, Long.BYTES);
            LONGS.setRelease(s.bytes(), (int) (gpa - s.gpa()), value);
        } finally {
            leave();
        }
    }

    /** Turns new accesses away, waits for those under way, and releases. Idempotent. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        users.getAndAdd(CLOSED);
        // An access is one bounded copy, so this wait is short.
        while (users.get() != CLOSED) {
            LockSupport.parkNanos(10_000);
        }
        release.run();
    }

    private void enter() {
        if (users.getAndIncrement() < 0) {
            users.getAndDecrement();
            throw new IllegalStateException("the virtual machine is closed; its memory is gone");
        }
    }

    private void leave() {
        users.getAndDecrement();
    }

    /** The segment that holds an aligned value. Segments begin and end on pages, so none lies across two. */
    private Segment aligned(long gpa, int bytes) {
        if ((gpa & (bytes - 1)) != 0) {
            throw new IllegalArgumentException("address " + hex(gpa) + " is not a multiple of " + bytes);
        }
        checkRange(gpa, bytes);
        return segments[find(gpa)];
    }

    private void checkRange(long gpa, long length) {
        if (!contains(gpa, length)) {
            throw new IndexOutOfBoundsException("guest-physical [" + hex(gpa) + ", +" + length
                    + ") is not RAM; the guest has " + (size >> 20) + " MiB");
        }
    }

    /** Index of the segment that holds an address, or -1. */
    private int find(long gpa) {
        for (int i = 0; i < segments.length; i++) {
            if (gpa >= segments[i].gpa() && gpa < segments[i].end()) {
                return i;
            }
        }
        return -1;
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
