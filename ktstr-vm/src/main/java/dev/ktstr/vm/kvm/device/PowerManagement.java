package dev.ktstr.vm.kvm.device;

import java.nio.ByteBuffer;

/**
 * The ACPI PM1a event and control registers (ACPI 6.5, 4.8.3.1 and 4.8.3.2). There is no SMI command port, so the machine
 * is always in ACPI mode (4.8.2.5). No event ever happens; the guest powers itself off here.
 */
public final class PowerManagement implements Device {
    /** First I/O port: where QEMU's firmware puts the PIIX4's, so that one guest runs on both backends. */
    public static final int PORT = 0x600;

    /** Ports that it occupies: status and enable of two bytes each, then control. */
    public static final int SIZE = 6;

    /** Offset of the control register. */
    public static final int CONTROL = 4;

    /** The sleep type that stands for S5; the DSDT's {@code \_S5} names it. */
    public static final int S5_TYPE = 0;

    private static final int SCI_ENABLED = 1;
    private static final int BUS_MASTER_WAKE = 2;
    private static final int SLEEP_TYPE = 0x1c00;
    private static final int SLEEP_ENABLE = 0x2000;

    /** Status bits are cleared by writing ones, and none is ever set. Timer, global lock, buttons, RTC, PCIe wake. */
    private static final int ENABLE_BITS = 0x4721;

    private static final int STATE = 0x504d3101; // "PM1", version 1

    private final PowerSwitch power;
    private int enable;
    private int control = SCI_ENABLED;

    /** Makes it. */
    public PowerManagement(PowerSwitch power) {
        this.power = power;
    }

    @Override
    public int width() {
        return 4;
    }

    @Override
    public synchronized long read(int offset, int size) {
        long registers = (long) enable << 16 | (long) control << 32;
        return registers >>> (8 * offset);
    }

    @Override
    public synchronized void write(int offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            writeByte(offset + i, (int) (value >>> (8 * i)) & 0xff);
        }
        if (offset <= CONTROL + 1 && offset + size > CONTROL + 1 && (control & SLEEP_ENABLE) != 0) {
            control &= ~SLEEP_ENABLE; // write-only
            if ((control & SLEEP_TYPE) >> 10 == S5_TYPE) {
                power.powerOff();
            }
        }
    }

    private void writeByte(int offset, int value) {
        int shift = 8 * (offset & 1);
        int mask = 0xff << shift;
        switch (offset >> 1) {
            case 1 -> enable = ((enable & ~mask) | value << shift) & ENABLE_BITS;
            case 2 -> control = withSci((control & ~mask) | value << shift);
            default -> {
                // Status: nothing to clear.
            }
        }
    }

    /** The bits that can be written, and SCI_EN, which cannot. */
    private static int withSci(int value) {
        return (value & (SLEEP_TYPE | SLEEP_ENABLE | BUS_MASTER_WAKE)) | SCI_ENABLED;
    }

    @Override
    public synchronized byte[] state() {
        return StateCodec.write(STATE, 4)
                .putShort((short) enable)
                .putShort((short) control)
                .array();
    }

    @Override
    public synchronized void restore(byte[] state) {
        ByteBuffer saved = StateCodec.read("power management registers", STATE, state, 4, 4);
        enable = saved.getShort() & ENABLE_BITS;
        control = withSci(saved.getShort() & ~SLEEP_ENABLE);
    }
}
