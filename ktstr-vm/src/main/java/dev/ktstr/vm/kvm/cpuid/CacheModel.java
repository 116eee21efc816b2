package dev.ktstr.vm.kvm.cpuid;

/**
 * The caches that the guest is shown. The same on every host, so that a scheduler which looks at sizes decides alike
 * everywhere.
 *
 * @param l1Data per core
 * @param l1Instruction per core
 * @param l2 per core
 * @param l3 per LLC
 */
public record CacheModel(Cache l1Data, Cache l1Instruction, Cache l2, Cache l3) {
    /** What cores of recent servers have: 32 KiB + 32 KiB, 1 MiB, and 32 MiB shared. */
    public static final CacheModel DEFAULT = new CacheModel(
            new Cache(32 << 10, 8), new Cache(32 << 10, 8), new Cache(1 << 20, 8), new Cache(32 << 20, 16));

    /** Bytes of a line, in all caches. */
    public static final int LINE_BYTES = 64;

    /**
     * One cache.
     *
     * @param sizeBytes a multiple of {@code ways} lines, with a power of two of sets
     * @param ways its associativity: 1, 2, 4, 8 or 16, which all of CPUID's codings can say
     */
    public record Cache(int sizeBytes, int ways) {
        public Cache {
            boolean codable = ways >= 1 && ways <= 16 && Integer.bitCount(ways) == 1;
            if (!codable || sizeBytes < ways * LINE_BYTES || sizeBytes % (ways * LINE_BYTES) != 0) {
                throw new IllegalArgumentException("a cache of " + sizeBytes + " bytes in " + ways
                        + " ways cannot be told by CPUID: ways must be 1, 2, 4, 8 or 16, and the size a multiple of ways x "
                        + LINE_BYTES);
            }
        }

        /** Sets of lines. */
        public int sets() {
            return sizeBytes / LINE_BYTES / ways;
        }
    }
}
