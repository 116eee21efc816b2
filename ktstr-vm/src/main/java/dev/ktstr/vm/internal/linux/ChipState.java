package dev.ktstr.vm.internal.linux;

import dev.ktstr.vm.VmException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What KVM keeps of a machine besides its vCPUs: PIC, I/O APIC, PIT and the paravirtual clock. */
final class ChipState {
    private static final long KVM_GET_IRQCHIP = 0xc208ae62L;
    private static final long KVM_SET_IRQCHIP = 0x8208ae63L;
    private static final long KVM_GET_PIT2 = 0x8070ae9fL;
    private static final long KVM_SET_PIT2 = 0x4070aea0;
    private static final long KVM_SET_CLOCK = 0x4030ae7b;
    private static final long KVM_GET_CLOCK = 0x8030ae7cL;

    /** The PIC's halves and the I/O APIC. */
    private static final int CHIPS = 3;

    private static final int CHIP_SIZE = 0x208;
    private static final int PIT_SIZE = 0x70;
    private static final int CLOCK_SIZE = 0x30;
    private static final String PIT = "PIT2";

    private ChipState() {}

    static Map<String, byte[]> save(int fd) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        for (int i = 0; i < CHIPS; i++) {
            ByteBuffer chip = Ioctl.buffer(CHIP_SIZE).putInt(0, i);
            Ioctl.call(fd, "KVM_GET_IRQCHIP(" + i + ")", KVM_GET_IRQCHIP, chip);
            parts.put(chip(i), bytes(chip));
        }
        ByteBuffer pit = Ioctl.buffer(PIT_SIZE);
        Ioctl.call(fd, "KVM_GET_PIT2", KVM_GET_PIT2, pit);
        parts.put(PIT, bytes(pit));
        return parts;
    }

    private static String chip(int i) {
        return "IRQCHIP" + i;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    static void restoreChips(int fd, Map<String, byte[]> parts) {
        part(parts, PIT, PIT_SIZE); // before anything runs, not when it is set
        for (int i = 0; i < CHIPS; i++) {
            // The number is ours: a saved one would choose which chip is overwritten.
            ByteBuffer chip = part(parts, chip(i), CHIP_SIZE).putInt(0, i);
            Ioctl.call(fd, "KVM_SET_IRQCHIP(" + i + ")", KVM_SET_IRQCHIP, chip);
        }
    }

    /** Its channels begin to count with this. */
    static void restoreTimer(int fd, Map<String, byte[]> parts) {
        Ioctl.call(fd, "KVM_SET_PIT2", KVM_SET_PIT2, part(parts, PIT, PIT_SIZE));
    }

    private static ByteBuffer part(Map<String, byte[]> parts, String name, int size) {
        byte[] bytes = parts.get(name);
        if (bytes == null || bytes.length != size) {
            throw new VmException("the saved machine's " + name + " has "
                    + (bytes == null ? "no" : Integer.toString(bytes.length)) + " bytes, wanted " + size);
        }
        return Ioctl.buffer(size).put(0, bytes);
    }

    static long clock(int fd) {
        ByteBuffer clock = Ioctl.buffer(CLOCK_SIZE);
        Ioctl.call(fd, "KVM_GET_CLOCK", KVM_GET_CLOCK, clock);
        return clock.getLong(0);
    }

    static void setClock(int fd, long ns) {
        Ioctl.call(fd, "KVM_SET_CLOCK", KVM_SET_CLOCK, Ioctl.buffer(CLOCK_SIZE).putLong(0, ns));
    }
}
