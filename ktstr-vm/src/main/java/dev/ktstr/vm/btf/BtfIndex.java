package dev.ktstr.vm.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where each type of a blob begins, and an open hash table of the named ones.
 *
 * @param offsets byte offset of type {@code i + 1} within the type section
 * @param table ids of named types (counted from the first of this blob), 0 for a free slot; its length is a power of two
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record BtfIndex(int[] offsets, int[] table) {
    private static final int MAGIC = 0x4b425432; // "KBT2"
    private static final int HEADER_INTS = 5;

    /** Its bytes, to be kept beside what it was made from. */
    byte[] toBytes(int blobSize) {
        ByteBuffer out = ByteBuffer.allocate((HEADER_INTS + offsets.length + table.length) * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(blobSize).putInt(offsets.length).putInt(table.length);
        out.putInt(Arrays.hashCode(offsets) ^ Arrays.hashCode(table));
        out.asIntBuffer().put(offsets).put(table);
        return out.array();
    }

    /** Reads it back. @throws BtfException when it is none, damaged, or of another blob */
    static BtfIndex of(byte[] bytes, int blobSize) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER_INTS * Integer.BYTES || in.getInt() != MAGIC || in.getInt() != blobSize) {
            throw new BtfException("not an index of this BTF");
        }
        int types = in.getInt();
        int slots = in.getInt();
        int sum = in.getInt();
        if (types < 0
                || slots < 1
                || Integer.bitCount(slots) != 1
                || (long) types + slots + HEADER_INTS != bytes.length / Integer.BYTES) {
            throw new BtfException("the BTF index is damaged");
        }
        BtfIndex index = new BtfIndex(new int[types], new int[slots]);
        in.asIntBuffer().get(index.offsets).get(index.table);
        if ((Arrays.hashCode(index.offsets) ^ Arrays.hashCode(index.table)) != sum) {
            throw new BtfException("the BTF index is damaged");
        }
        return index;
    }
}
