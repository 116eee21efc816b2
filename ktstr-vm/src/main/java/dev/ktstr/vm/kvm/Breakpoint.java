package dev.ktstr.vm.kvm;

/**
 * A hardware breakpoint or watchpoint on a guest-linear address (Intel SDM volume 3B, 18.2).
 *
 * @param address linear, as the guest's page tables map it; a multiple of {@code length}
 * @param kind what triggers it
 * @param length bytes watched: 1, 2, 4 or 8; 1 for {@link Kind#EXECUTE}
 */
public record Breakpoint(long address, Kind kind, int length) {
    /** What triggers; each with the coding of DR7's R/W field. */
    public enum Kind {
        /** Before the instruction at the address is executed. */
        EXECUTE(0),
        /** After the bytes were written. */
        WRITE(1),
        /** After the bytes were read or written. */
        ACCESS(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /** How many a CPU has. */
    public static final int MOST = 4;

    public Breakpoint {
        boolean size = length == 1 || length == 2 || length == 4 || length == 8;
        if (!size || (kind == Kind.EXECUTE && length != 1) || (address & (length - 1)) != 0) {
            throw new IllegalArgumentException("a " + kind + " breakpoint of " + length + " bytes at 0x"
                    + Long.toHexString(address)
                    + " is not possible: 1, 2, 4 or 8 bytes at a multiple of that, and 1 for EXECUTE");
        }
    }

    /** The bits of DR7 that arm it in a slot. */
    long dr7(int slot) {
        long lengthCode = switch (length) {
            case 1 -> 0;
            case 2 -> 1;
            case 4 -> 3;
            default -> 2;
        };
        return (2L << (2 * slot)) | ((kind.code | (lengthCode << 2)) << (16 + 4 * slot));
    }

    /**
     * What happened.
     *
     * @param cpu number of the vCPU
     * @param breakpoint which one
     * @param rip the instruction: for {@link Kind#EXECUTE} the one about to run, else the one after the access
     */
    public record Hit(int cpu, Breakpoint breakpoint, long rip) {}

    /** Hears of hits, on the vCPU's thread, while that vCPU (and no other) stands still. */
    @FunctionalInterface
    public interface Listener {
        /** Must return soon; what it throws ends the machine with {@code BACKEND_ERROR}. */
        void hit(Hit hit);
    }
}
