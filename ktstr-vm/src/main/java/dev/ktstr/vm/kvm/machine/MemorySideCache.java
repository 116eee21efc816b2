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
    /** How addresses map to lines; {@link #code} is the table's. */
    public enum Associativity {
        NONE(0),
        DIRECT_MAPPED(1),
        COMPLEX(2);

        private final int code;

        Associativity(int code) {
            this.code = code;
        }

        /** The number in the HMAT. */
        public int code() {
            return code;
        }
    }

    /** What a write does; {@link #code} is the table's. */
    public enum WritePolicy {
        NONE(0),
        WRITE_BACK(1),
        WRITE_THROUGH(2);

        private final int code;

        WritePolicy(int code) {
            this.code = code;
        }

        /** The number in the HMAT. */
        public int code() {
            return code;
        }
    }

    /** A cache of lines of 64 bytes, each with one place, that writes back: what memory behind another memory has. */
    static MemorySideCache directMapped(long sizeBytes) {
        return new MemorySideCache(sizeBytes, 64, Associativity.DIRECT_MAPPED, WritePolicy.WRITE_BACK);
    }

    public MemorySideCache {
        if (sizeBytes < 1 || lineBytes < 1 || lineBytes > 0xffff) {
            throw new IllegalArgumentException("a memory-side cache of " + sizeBytes + " bytes with lines of "
                    + lineBytes + " bytes is not possible: the size must be positive and a line 1 to 65535 bytes");
        }
    }
}
