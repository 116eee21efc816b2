package dev.ktstr.vm.kvm.device;

/**
 * Ports 0xcf8 to 0xcff, where a PC has PCI configuration and, at 0xcf9, the reset control register.
 *
 * <p>There is no PCI here, so all reads are ones, the address register included; Linux's {@code pci_check_type1}
 * ({@code arch/x86/pci/direct.c}) then gives up after one look instead of asking every slot. The reset register answers to
 * bytes only, as in Intel's chipsets (ICH9 data sheet, 13.7.5): wider accesses at 0xcf8 go to the address register. The FADT
 * names it as the machine's reset register.
 */
public final class PciHole implements Device {
    /** First I/O port. */
    public static final int PORT = 0xcf8;

    /** Ports that it occupies. */
    public static final int SIZE = 8;

    /** I/O port of the reset control register. */
    public static final int RESET_PORT = 0xcf9;

    /** What to write there for a full reset: system reset, reset CPU. */
    public static final int FULL_RESET = 6;

    private static final int RESET_CPU = 4;
    private static final int READABLE = 0xa;
    private static final int STATE = 0x50434901; // "PCI", version 1

    private final PowerSwitch power;
    private volatile int reset;

    /** Makes it. */
    public PciHole(PowerSwitch power) {
        this.power = power;
    }

    @Override
    public int width() {
        return 4;
    }

    @Override
    public long read(int offset, int size) {
        return isReset(offset, size) ? reset : -1;
    }

    @Override
    public void write(int offset, int size, long value) {
        if (isReset(offset, size)) {
            // The reset bit acts when it is written, and is never read back.
            reset = (int) value & READABLE;
            if ((value & RESET_CPU) != 0) {
                power.reset("reset register 0xcf9");
            }
        }
    }

    private static boolean isReset(int offset, int size) {
        return size == 1 && offset == RESET_PORT - PORT;
    }

    @Override
    public byte[] state() {
        return StateCodec.write(STATE, 1).put((byte) reset).array();
    }

    @Override
    public void restore(byte[] state) {
        reset = StateCodec.read("a PCI hole", STATE, state, 1, 1).get() & READABLE;
    }
}
