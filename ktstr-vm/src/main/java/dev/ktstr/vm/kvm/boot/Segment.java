package dev.ktstr.vm.kvm.boot;

/**
 * A segment register with its hidden part, as {@code struct kvm_segment} has it.
 *
 * @param selector what MOV would read
 * @param base first linear address
 * @param limit last offset
 * @param type the descriptor's type field
 * @param system whether it is a system segment (a TSS) rather than code or data
 * @param db whether code or stack is 32 bits wide
 * @param longMode whether code is 64 bits wide
 * @param granular whether the limit was given in pages
 */
public record Segment(
        int selector, long base, int limit, int type, boolean system, boolean db, boolean longMode, boolean granular) {
    private static final int CODE_EXECUTE_READ_ACCESSED = 0xb;
    private static final int DATA_READ_WRITE_ACCESSED = 3;
    private static final int TSS_BUSY = 0xb;

    static Segment code64(int selector) {
        return new Segment(selector, 0, -1, CODE_EXECUTE_READ_ACCESSED, false, false, true, true);
    }

    static Segment code32(int selector) {
        return new Segment(selector, 0, -1, CODE_EXECUTE_READ_ACCESSED, false, true, false, true);
    }

    static Segment data(int selector) {
        return new Segment(selector, 0, -1, DATA_READ_WRITE_ACCESSED, false, true, false, true);
    }

    static Segment task(int selector) {
        return new Segment(selector, 0, 0x67, TSS_BUSY, true, false, false, false);
    }

    /** The 8-byte descriptor of this segment for a GDT (Intel SDM volume 3A, 3.4.5); present, privilege level 0. */
    long descriptor() {
        long limitField = granular ? limit >>> 12 : limit;
        long access = 0x80 | (system ? 0 : 0x10) | type;
        long flags = (granular ? 8 : 0) | (db ? 4 : 0) | (longMode ? 2 : 0);
        return (limitField & 0xffff)
                | (base & 0xffffff) << 16
                | access << 40
                | (limitField >>> 16 & 0xf) << 48
                | flags << 52
                | (base >>> 24 & 0xff) << 56;
    }
}
