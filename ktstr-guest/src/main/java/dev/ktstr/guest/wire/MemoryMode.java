package dev.ktstr.guest.wire;

/** A memory policy, as {@code set_mempolicy(2)} knows them. */
public enum MemoryMode implements WireEnum {
    /** {@code MPOL_DEFAULT}. */
    DEFAULT(1),
    /** {@code MPOL_BIND}. */
    BIND(2),
    /** {@code MPOL_PREFERRED}. */
    PREFERRED(3),
    /** {@code MPOL_INTERLEAVE}. */
    INTERLEAVE(4),
    /** {@code MPOL_LOCAL}. */
    LOCAL(5),
    /** {@code MPOL_PREFERRED_MANY}. */
    PREFERRED_MANY(6),
    /** {@code MPOL_WEIGHTED_INTERLEAVE}. */
    WEIGHTED_INTERLEAVE(7);

    private final int code;

    MemoryMode(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
