package dev.ktstr.vm.kvm.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Small files in the forms that kernels have. */
final class Kernels {
    static final int PAYLOAD = 0x3000;
    static final long PREFERRED = 0x1000000;
    static final int INIT_SIZE = 0x800000;

    private Kernels() {}

    /** A bzImage of one setup sector and 12 KiB of kernel, all bytes 0x90. */
    static ByteBuffer bzImage() {
        byte[] file = new byte[2 * 512 + PAYLOAD];
        Arrays.fill(file, 1024, file.length, (byte) 0x90);
        ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        b.put(0x1f1, (byte) 1).putShort(0x1fe, (short) 0xaa55);
        b.put(0x200, (byte) 0xeb).put(0x201, (byte) 0x6a);
        b.putInt(0x202, 0x53726448).putShort(0x206, (short) 0x020f).put(0x211, (byte) 0x81);
        b.putInt(0x22c, 0x7fffffff).putInt(0x230, 0x200000).put(0x234, (byte) 1).put(0x235, (byte) 21);
        b.putShort(0x236, (short) 0x7f).putInt(0x238, 2047);
        b.putLong(0x258, PREFERRED).putInt(0x260, INIT_SIZE);
        return b;
    }

    /** A vmlinux of two segments: text at 16 MiB with 4 KiB, data at 18 MiB with 2 KiB of 8; PVH entry at 0x1000100 if wanted. */
    static ByteBuffer vmlinux(boolean pvh) {
        byte[] file = new byte[0x4000];
        Arrays.fill(file, 0x1000, 0x2000, (byte) 0x11);
        Arrays.fill(file, 0x2000, 0x2800, (byte) 0x22);
        ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        b.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        b.putLong(24, 0x1000040).putLong(32, 64).putShort(52, (short) 64);
        b.putShort(54, (short) 56).putShort(56, (short) 3);
        segment(b, 64, 1, 0x1000, 0x1000000, 0x1000, 0x1000);
        segment(b, 64 + 56, 1, 0x2000, 0x1200000, 0x800, 0x2000);
        segment(b, 64 + 112, 4, 0x3000, 0, 44, 44);
        b.position(0x3000);
        // A note of somebody else first, with padding.
        b.putInt(4)
                .putInt(3)
                .putInt(1)
                .put("GNU\0".getBytes(StandardCharsets.US_ASCII))
                .putInt(7);
        b.putInt(4).putInt(8).putInt(pvh ? 18 : 17).put("Xen\0".getBytes(StandardCharsets.US_ASCII));
        b.putLong(0x1000100);
        return b.position(0);
    }

    /** All bytes of a file. */
    static byte[] bytes(ByteBuffer file) {
        byte[] bytes = new byte[file.capacity()];
        file.get(0, bytes);
        return bytes;
    }

    private static void segment(ByteBuffer b, int at, int type, long offset, long address, long file, long memory) {
        b.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, 0xffffffff80000000L + address);
        b.putLong(at + 24, address).putLong(at + 32, file).putLong(at + 40, memory);
    }
}
