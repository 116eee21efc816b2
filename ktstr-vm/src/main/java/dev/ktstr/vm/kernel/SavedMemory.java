package dev.ktstr.vm.kernel;

import dev.ktstr.vm.GuestMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest's memory from a file that holds its RAM as it lies in guest-physical space, byte 0 first; a hole is a hole in the
 * file. Read only.
 */
public final class SavedMemory implements GuestMemory {
    private static final long PART = 1L << 30;

    private final List<ByteBuffer> parts = new ArrayList<>();
    private final long size;

    /** Maps the file; it stays mapped as long as this is used. */
    public SavedMemory(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            size = channel.size() & ~7L;
            for (long at = 0; at < size; at += PART) {
                ByteBuffer part = channel.map(FileChannel.MapMode.READ_ONLY, at, Math.min(PART, size - at));
                parts.add(part.order(java.nio.ByteOrder.LITTLE_ENDIAN));
            }
        }
    }

    @Override
    public boolean contains(long gpa, long length) {
        return gpa >= 0 && length >= 0 && gpa <= size && length <= size - gpa;
    }

    @Override
    public long size() {
        return size;
    }

    private void check(long gpa, long length) {
        if (!contains(gpa, length)) {
            throw new IndexOutOfBoundsException("guest-physical [0x" + Long.toHexString(gpa) + ", +" + length
                    + ") is not in the saved memory of " + (size >> 20) + " MiB");
        }
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        check(gpa, length);
        for (int done = 0; done < length; ) {
            long at = gpa + done;
            ByteBuffer part = parts.get((int) (at / PART));
            int inside = (int) (at % PART);
            int n = Math.min(length - done, part.capacity() - inside);
            part.get(inside, target, offset + done, n);
            done += n;
        }
    }

    private ByteBuffer aligned(long gpa, int bytes) {
        if ((gpa & bytes - 1) != 0) {
            throw new IllegalArgumentException("address 0x" + Long.toHexString(gpa) + " is not a multiple of " + bytes);
        }
        check(gpa, bytes);
        return parts.get((int) (gpa / PART));
    }

    @Override
    public int getIntAcquire(long gpa) {
        return aligned(gpa, Integer.BYTES).getInt((int) (gpa % PART));
    }

    @Override
    public long getLongAcquire(long gpa) {
        return aligned(gpa, Long.BYTES).getLong((int) (gpa % PART));
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("saved memory is read only: its guest does not run any more");
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        throw readOnly();
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        throw readOnly();
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        throw readOnly();
    }
}
