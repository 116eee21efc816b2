package dev.ktstr.vm.kernel;

import dev.ktstr.vm.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Guest memory in an array, for tests. */
public final class SparseMemory implements GuestMemory {
    private final ByteBuffer bytes;

    public SparseMemory(int size) {
        bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean contains(long gpa, long length) {
        return gpa >= 0 && length >= 0 && gpa <= bytes.capacity() && length <= bytes.capacity() - gpa;
    }

    @Override
    public long size() {
        return bytes.capacity();
    }

    private int at(long gpa, long length) {
        if (!contains(gpa, length)) {
            throw new IndexOutOfBoundsException("0x" + Long.toHexString(gpa));
        }
        return (int) gpa;
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        bytes.get(at(gpa, length), target, offset, length);
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        bytes.put(at(gpa, length), source, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return bytes.getInt(at(gpa, 4));
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        bytes.putInt(at(gpa, 4), value);
    }

    @Override
    public long getLongAcquire(long gpa) {
        return bytes.getLong(at(gpa, 8));
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        bytes.putLong(at(gpa, 8), value);
    }
}
