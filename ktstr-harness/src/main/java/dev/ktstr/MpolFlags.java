package dev.ktstr;

/**
 * Flags of a {@link MemPolicy}, as {@code set_mempolicy(2)} takes them.
 *
 * @param bits the kernel's bits, uapi/linux/mempolicy.h
 */
public record MpolFlags(int bits) {
    /** No flag. */
    public static final MpolFlags NONE = new MpolFlags(0);

    /** {@code MPOL_F_STATIC_NODES}: node numbers stay what they are when the cpuset changes. */
    public static final MpolFlags STATIC_NODES = new MpolFlags(1 << 15);

    /** {@code MPOL_F_RELATIVE_NODES}: node numbers count within the nodes that the cpuset allows. */
    public static final MpolFlags RELATIVE_NODES = new MpolFlags(1 << 14);

    /** {@code MPOL_F_NUMA_BALANCING}: the kernel may move pages between the nodes that are bound. */
    public static final MpolFlags NUMA_BALANCING = new MpolFlags(1 << 13);

    private static final int KNOWN = 7 << 13;

    /** @throws IllegalArgumentException when the bits are unknown, or the nodes are to be static and relative at once */
    public MpolFlags {
        if ((bits & ~KNOWN) != 0) {
            throw new IllegalArgumentException(
                    "there are no memory policy flags 0x" + Integer.toHexString(bits & ~KNOWN));
        }
        if ((bits & 1 << 15) != 0 && (bits & 1 << 14) != 0) {
            throw new IllegalArgumentException(
                    "STATIC_NODES and RELATIVE_NODES exclude each other: the kernel takes one of them (set_mempolicy(2))");
        }
    }

    /** Both flags. */
    public MpolFlags and(MpolFlags other) {
        return new MpolFlags(bits | other.bits);
    }

    /** Whether all of these flags are set. */
    public boolean has(MpolFlags flags) {
        return (bits & flags.bits) == flags.bits;
    }
}
