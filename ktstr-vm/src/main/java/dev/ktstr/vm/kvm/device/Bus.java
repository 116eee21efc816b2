package dev.ktstr.vm.kvm.device;

import java.util.Arrays;

/**
 * Finds the device behind an I/O port or a physical address. What nobody claims reads as all ones and takes writes in
 * silence, as on a PC, and is counted.
 *
 * <p>Devices are added before the vCPUs run; afterwards accesses may come from any thread, make no garbage, and never
 * throw, whatever the guest does.
 */
public final class Bus {
    private static final int MOST_DEVICES = 127;

    private final String name;
    private final long limit;
    private final UnclaimedAccesses unclaimed = new UnclaimedAccesses();
    private long[] starts = new long[0];
    private long[] ends = new long[0];
    private Device[] devices = new Device[0];

    private Bus(String name, long limit) {
        this.name = name;
        this.limit = limit;
    }

    /** Makes the bus of the 65536 I/O ports. */
    public static Bus ports() {
        return new Bus("I/O port", 0x10000);
    }

    /** Makes the bus of physical addresses outside RAM. */
    public static Bus memory() {
        return new Bus("address", Long.MAX_VALUE);
    }

    /**
     * Connects a device.
     *
     * @param start first port or address
     * @param length how many belong to it
     * @throws IllegalArgumentException when some are claimed already or do not exist
     */
    public void add(long start, int length, Device device) {
        if (start < 0 || length < 1 || start > limit - length) {
            throw new IllegalArgumentException(
                    name + "s 0x" + Long.toHexString(start) + " +" + length + " do not exist");
        }
        if (devices.length == MOST_DEVICES) {
            throw new IllegalArgumentException("the bus has " + MOST_DEVICES + " devices already");
        }
        int at = 0;
        while (at < starts.length && starts[at] < start) {
            at++;
        }
        boolean free = (at == 0 || ends[at - 1] <= start) && (at == starts.length || start + length <= starts[at]);
        if (!free) {
            throw new IllegalArgumentException(
                    name + "s 0x" + Long.toHexString(start) + " +" + length + " are claimed already, at least in part");
        }
        starts = insert(starts, at, start);
        ends = insert(ends, at, start + length);
        Device[] more = Arrays.copyOf(devices, devices.length + 1);
        System.arraycopy(devices, at, more, at + 1, devices.length - at);
        more[at] = device;
        devices = more;
    }

    /**
     * Reads, as the guest does.
     *
     * @param size bytes: 1 to 8
     * @return the value in the low {@code size} bytes, the others 0
     */
    public long read(long address, int size) {
        int i = find(address);
        if (i >= 0 && size <= devices[i].width() && address + size <= ends[i]) {
            return devices[i].read((int) (address - starts[i]), size) & mask(size);
        }
        if (i < 0 && !touched(address, size)) {
            unclaimed.read(address);
            return mask(size);
        }
        long value = 0;
        for (int n = 0; n < size; n++) {
            value |= readByte(address + n) << (8 * n);
        }
        return value;
    }

    /**
     * Writes, as the guest does.
     *
     * @param size bytes: 1 to 8
     * @param value in its low {@code size} bytes
     */
    public void write(long address, int size, long value) {
        int i = find(address);
        if (i >= 0 && size <= devices[i].width() && address + size <= ends[i]) {
            devices[i].write((int) (address - starts[i]), size, value & mask(size));
            return;
        }
        if (i < 0 && !touched(address, size)) {
            unclaimed.written(address);
            return;
        }
        for (int n = 0; n < size; n++) {
            writeByte(address + n, value >>> (8 * n) & 0xff);
        }
    }

    /** What the guest did where nothing is. */
    public UnclaimedAccesses unclaimed() {
        return unclaimed;
    }

    private long readByte(long address) {
        int i = find(address);
        if (i < 0) {
            unclaimed.read(address);
            return 0xff;
        }
        return devices[i].read((int) (address - starts[i]), 1) & 0xff;
    }

    private void writeByte(long address, long value) {
        int i = find(address);
        if (i < 0) {
            unclaimed.written(address);
            return;
        }
        devices[i].write((int) (address - starts[i]), 1, value);
    }

    /** Index of the device, or -1. A handful of devices: a walk is as fast as a search. */
    private int find(long address) {
        for (int i = 0; i < starts.length; i++) {
            if (address < starts[i]) {
                return -1;
            }
            if (address < ends[i]) {
                return i;
            }
        }
        return -1;
    }

    /** Whether any of these addresses is claimed; a narrow device may lie in the middle of a wide access. */
    private boolean touched(long address, int size) {
        for (int i = 0; i < starts.length; i++) {
            if (starts[i] - address < size && ends[i] > address) {
                return true;
            }
        }
        return false;
    }

    private static long mask(int size) {
        return size >= 8 ? -1L : (1L << (8 * size)) - 1;
    }

    private static long[] insert(long[] array, int at, long value) {
        long[] more = Arrays.copyOf(array, array.length + 1);
        System.arraycopy(array, at, more, at + 1, array.length - at);
        more[at] = value;
        return more;
    }
}
