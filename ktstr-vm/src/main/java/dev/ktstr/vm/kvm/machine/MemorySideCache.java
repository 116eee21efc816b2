package dev.ktstr.vm.kvm.machine;

/**
 * A cache between the interconnect and a node's memory (ACPI 6.5, 5.2.28.5).
 *
 * @param sizeBytes its size
 * @param lineBytes bytes of a line, 1 to 65535
 * @param associativity how addresses map to lines
 * @param writePolicy what a write does
 */
public record MemorySideCache(long sizeBytes, int lineBytes, Associativity associativity, WritePolicy writePolicy) {
    /** How addresses map to lines; the order is that of the table's encoding. */
    public enum Associativity {
        NONE,
        DIRECT_MAPPED,
        COMPLEX
    }

    /** What a write does; the order is that of the table's encoding. */
    public enum WritePolicy {
        NONE,
        WRITE_BACK,
        WRITE_THROUGH
    }

    public MemorySideCache {
        if (sizeBytes < 1 || lineBytes < 1 || lineBytes > 0xffff) {
            throw new IllegalArgumentException("a memory-side cache of " + sizeBytes + " bytes with lines of "
                    + lineBytes + " bytes is not possible: the size must be positive and a line 1 to 65535 bytes");
        }
    }
}
