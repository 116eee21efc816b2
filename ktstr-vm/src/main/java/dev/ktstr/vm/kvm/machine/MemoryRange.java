package dev.ktstr.vm.kvm.machine;

/**
 * A range of guest-physical addresses.
 *
 * @param start first address
 * @param length bytes, at least 1
 */
public record MemoryRange(long start, long length) {
    public MemoryRange {
        if (start < 0 || length < 1 || start + length < 0) {
            throw new IllegalArgumentException("a range of " + length + " bytes at 0x" + Long.toHexString(start)
                    + " is not a range of physical addresses");
        }
    }

    /** First address after the range. */
    public long end() {
        return start + length;
    }

    /** Whether an address is common to both. */
    public boolean overlaps(MemoryRange other) {
        return start < other.end() && other.start < end();
    }

    /** Whether all of the other range lies in this one. */
    public boolean contains(MemoryRange other) {
        return start <= other.start && other.end() <= end();
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(start) + "..0x" + Long.toHexString(end() - 1);
    }
}
