package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A shared mapping of a descriptor into this process.
 *
 * <p>The buffers it hands out are raw views: reading one after {@link #close()} would be a fault of the process. Whoever
 * takes a view keeps it to itself and stops using it before closing; {@code MappedGuestMemory} does.
 */
public final class Mapping implements AutoCloseable {
    private final Pointer base;
    private final long size;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Mapping(Pointer base, long size) {
        this.base = base;
        this.size = size;
    }

    static Mapping ofFile(int fd, long size, String what) {
        try {
            Pointer base = LibC.mmap(Pointer.NULL, size, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, fd, 0);
            return new Mapping(base, size);
        } catch (LastErrorException e) {
            throw LibC.failure("mapping " + size + " bytes of " + what, e);
        }
    }

    /** Size in bytes. */
    public long size() {
        return size;
    }

    /** Where a part lies in this process, for handing it to the kernel; checked like a view. */
    long address(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException(
                    "[" + offset + ", +" + length + ") is outside a mapping of " + size + " bytes");
        }
        if (closed.get()) {
            throw new IllegalStateException("the mapping is closed");
        }
        return Pointer.nativeValue(base) + offset;
    }

    /**
     * A little-endian view of a part.
     *
     * @throws IndexOutOfBoundsException when the part is not inside the mapping
     * @throws IllegalStateException when the mapping is closed
     */
    public ByteBuffer view(long offset, int length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException(
                    "[" + offset + ", +" + length + ") is outside a mapping of " + size + " bytes");
        }
        if (closed.get()) {
            throw new IllegalStateException("the mapping is closed");
        }
        return base.getByteBuffer(offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            LibC.munmap(base, size);
        } catch (LastErrorException e) {
            throw LibC.failure("munmap of " + size + " bytes", e);
        }
    }
}
