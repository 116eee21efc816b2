package dev.ktstr.vm;

/**
 * Bytes whose writes by the guest stop it: a hardware write watchpoint on a virtual address, as the guest's page tables map it.
 * Writes through another mapping of the same memory are not seen, those of the host neither.
 *
 * @param address first byte; a multiple of {@code length}
 * @param length bytes: 1, 2, 4 or 8
 */
public record Watchpoint(long address, int length) {
    /** How many a machine has at once: as many as an x86 CPU has debug registers. */
    public static final int MOST = 4;

    /** @throws IllegalArgumentException when no debug register can watch these bytes */
    public Watchpoint {
        boolean size = length == 1 || length == 2 || length == 4 || length == 8;
        if (!size || (address & (length - 1)) != 0) {
            throw new IllegalArgumentException(length + " bytes at 0x" + Long.toHexString(address)
                    + " cannot be watched: a hardware watchpoint takes 1, 2, 4 or 8 bytes, at a multiple of that");
        }
    }

    /**
     * A write that has happened.
     *
     * @param cpu the vCPU that wrote; its next instruction is the one after the write
     * @param watchpoint what it wrote to
     */
    public record Hit(int cpu, Watchpoint watchpoint) {}

    /** Hears of writes, on a thread of the machine's own, while all vCPUs stand still. */
    @FunctionalInterface
    public interface Listener {
        /** The guest goes on when this returns, unless it was frozen meanwhile. What it throws is logged. */
        void hit(Hit hit);
    }
}
