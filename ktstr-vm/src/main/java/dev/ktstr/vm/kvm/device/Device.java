package dev.ktstr.vm.kvm.device;

/**
 * Registers at a range of I/O ports or physical addresses. Every method may be called from any thread; none blocks.
 *
 * <p>Values are little-endian in the low bytes of a {@code long}; the bits above {@code size} are ignored on writes and 0
 * in what reads return.
 */
public interface Device {
    /**
     * Reads.
     *
     * @param offset from the start of the device's range
     * @param size bytes: 1, 2, 4 or 8, at most {@link #width()}
     */
    long read(int offset, int size);

    /**
     * Writes.
     *
     * @param offset from the start of the device's range
     * @param size bytes: 1, 2, 4 or 8, at most {@link #width()}
     * @param value what is written
     */
    void write(int offset, int size, long value);

    /** The widest access the device takes, in bytes. The {@link Bus} splits wider ones, as a PC's bridge does. */
    default int width() {
        return 1;
    }

    /** All that a guest can observe of the device, for {@link #restore}. */
    byte[] state();

    /**
     * Puts back what {@link #state()} gave.
     *
     * @throws IllegalArgumentException when the bytes are not this device's; nothing is changed then
     */
    void restore(byte[] state);
}
