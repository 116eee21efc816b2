package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
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

    /**
     * Zeros, private to this process, with parts of a file over it, private as well: what is written here stays here, and what
     * is only read is shared with all who map the file.
     *
     * @param parts at the same offset in both; multiples of the page size
     */
    static Mapping copyOnWrite(int fd, long size, List<Memfd.Extent> parts, String what) {
        int access = LibC.PROT_READ | LibC.PROT_WRITE;
        int flags = LibC.MAP_PRIVATE | LibC.MAP_NORESERVE;
        try {
            Mapping mapping =
                    new Mapping(LibC.mmap(Pointer.NULL, size, access, flags | LibC.MAP_ANONYMOUS, -1, 0), size);
            try {
                for (Memfd.Extent part : parts) {
                    Pointer at = new Pointer(mapping.address(part.offset(), part.length()));
                    LibC.mmap(at, part.length(), access, flags | LibC.MAP_FIXED, fd, part.offset());
                }
                return mapping;
            } catch (LastErrorException e) {
                mapping.close();
                throw e;
            }
        } catch (LastErrorException e) {
            throw LibC.failure("mapping " + size + " bytes of " + what + " in " + parts.size() + " parts", e);
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
