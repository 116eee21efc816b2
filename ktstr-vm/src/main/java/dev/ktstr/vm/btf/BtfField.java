package dev.ktstr.vm.btf;

/**
 * Where a field lies in its struct.
 *
 * @param path as it was asked for: {@code scx.local_dsq.nr}
 * @param bitOffset from the start of the struct
 * @param bitSize width of a bit-field, 0 for what is none
 * @param type its type
 */
public record BtfField(String path, long bitOffset, int bitSize, int type) {
    /** Bytes from the start of the struct; a bit-field's are rounded down. */
    public int offset() {
        return Math.toIntExact(bitOffset >> 3);
    }
}
