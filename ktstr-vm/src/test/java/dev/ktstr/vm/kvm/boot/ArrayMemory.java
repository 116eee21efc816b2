package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A guest's RAM in small blocks, made when they are written: large guests cost nothing. */
final class ArrayMemory implements GuestMemory {
    private static final int BLOCK = 1 << 16;

    private final long size;
    private final Map<Long, byte[]> blocks = new HashMap<>();

    ArrayMemory(long size) {
        this.size = size;
    }

    @Override
    public boolean contains(long gpa, long length) {
        return gpa >= 0 && length >= 0 && gpa <= size - length;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        check(gpa, length);
        for (int i = 0; i < length; i++) {
            byte[] block = blocks.get((gpa + i) / BLOCK);
            target[offset + i] = block == null ? 0 : block[(int) ((gpa + i) % BLOCK)];
        }
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        check(gpa, length);
        for (int i = 0; i < length; i++) {
            blocks.computeIfAbsent((gpa + i) / BLOCK, b -> new byte[BLOCK])[(int) ((gpa + i) % BLOCK)] =
                    source[offset + i];
        }
    }

    private void check(long gpa, int length) {
        if (!contains(gpa, length)) {
            throw new IndexOutOfBoundsException(Long.toHexString(gpa) + " +" + length);
        }
    }

    ByteBuffer bytes(long gpa, int length) {
        byte[] bytes = new byte[length];
        read(gpa, bytes, 0, length);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    String text(long gpa) {
        byte[] bytes = new byte[4096];
        read(gpa, bytes, 0, bytes.length);
        int end = 0;
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    @Override
    public int getIntAcquire(long gpa) {
        return bytes(gpa, 4).getInt();
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        write(
                gpa,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(value)
                        .array(),
                0,
                4);
    }

    @Override
    public long getLongAcquire(long gpa) {
        return bytes(gpa, 8).getLong();
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        write(
                gpa,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array(),
                0,
                8);
    }
}
