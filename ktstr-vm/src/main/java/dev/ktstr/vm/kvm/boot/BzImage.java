package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.kvm.boot.KernelImage.Load;
import dev.ktstr.vm.kvm.boot.KernelImage.Protocol;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a bzImage: a setup part, of which only the header matters, and the 64-bit kernel behind it, which unpacks itself.
 * Offsets as in Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
 */
final class BzImage {
    /** The header's first byte, in the file and in {@code boot_params}. */
    static final int HEADER = 0x1f1;

    private static final int SETUP_SECTORS = 0x1f1;
    private static final int BOOT_FLAG = 0x1fe;
    private static final int HEADER_LENGTH = 0x201;
    private static final int MAGIC = 0x202;
    private static final int VERSION = 0x206;
    private static final int INITRD_MAX = 0x22c;
    private static final int ALIGNMENT = 0x230;
    private static final int RELOCATABLE = 0x234;
    private static final int XLOADFLAGS = 0x236;
    private static final int COMMAND_LINE_SIZE = 0x238;
    private static final int PREFERRED_ADDRESS = 0x258;
    private static final int INIT_SIZE = 0x260;

    /** All fields up to {@code init_size}. */
    private static final int HEAD_BYTES = 0x264;

    /** Where the header must end in {@code boot_params}, which has the EDD buffer from here. */
    private static final int HEADER_LIMIT = 0x290;

    private static final int BOOT_FLAG_VALUE = 0xaa55;
    private static final int MAGIC_VALUE = 0x53726448; // "HdrS"
    private static final int VERSION_2_12 = 0x020c;
    private static final int KERNEL_64 = 1;
    private static final int SECTOR = 512;
    private static final int DEFAULT_SECTORS = 4;

    /** From the start of the 64-bit kernel to its entry. */
    private static final int ENTRY_64 = 0x200;

    private static final long MOST_MEMORY = 1L << 30;
    private static final long LAST_ADDRESS = 1L << 32;
    private static final int MOST_COMMAND_LINE = 64 << 10;

    private BzImage() {}

    static KernelImage read(KernelBytes file) throws IOException, KernelFormatException {
        if (file.size() < HEAD_BYTES) {
            throw new KernelFormatException(
                    "it is neither an ELF vmlinux nor a bzImage: it has only " + file.size() + " bytes");
        }
        ByteBuffer head = file.read(0, HEAD_BYTES);
        if ((head.getShort(BOOT_FLAG) & 0xffff) != BOOT_FLAG_VALUE || head.getInt(MAGIC) != MAGIC_VALUE) {
            throw new KernelFormatException("it is neither an ELF vmlinux nor a bzImage");
        }
        int version = head.getShort(VERSION) & 0xffff;
        if (version < VERSION_2_12) {
            throw new KernelFormatException("its boot protocol is " + (version >> 8) + "." + (version & 0xff)
                    + ", older than 2.12 of Linux 3.8, which brought 64-bit entry");
        }
        if ((head.getShort(XLOADFLAGS) & KERNEL_64) == 0) {
            throw new KernelFormatException("it is a 32-bit kernel; this machine enters kernels in 64-bit mode");
        }
        return image(file, head);
    }

    private static KernelImage image(KernelBytes file, ByteBuffer head) throws IOException, KernelFormatException {
        int sectors = head.get(SETUP_SECTORS) & 0xff;
        long offset = (long) SECTOR * (1 + (sectors == 0 ? DEFAULT_SECTORS : sectors));
        long length = file.size() - offset;
        if (length <= ENTRY_64) {
            throw new KernelFormatException(
                    "it is cut short: the kernel should start at byte " + offset + ", and the file has " + file.size());
        }
        long address = head.getLong(PREFERRED_ADDRESS);
        long memory = Math.max(head.getInt(INIT_SIZE) & 0xffffffffL, length);
        if (memory > MOST_MEMORY || address < 0 || address > LAST_ADDRESS - memory) {
            throw new KernelFormatException("its header asks for " + memory + " bytes at 0x" + Long.toHexString(address)
                    + ", which no kernel needs");
        }
        int headerEnd = MAGIC + (head.get(HEADER_LENGTH) & 0xff);
        if (headerEnd < HEAD_BYTES || headerEnd > HEADER_LIMIT) {
            throw new KernelFormatException("its header ends at 0x" + Integer.toHexString(headerEnd)
                    + "; boot protocol 2.12 wants between 0x264 and 0x290");
        }
        return new KernelImage(
                Protocol.LINUX_64,
                List.of(new Load(offset, length, address)),
                address + ENTRY_64,
                new MemoryRange(address, memory),
                head.get(RELOCATABLE) != 0 ? alignment(head) : 0,
                Math.min(head.getInt(COMMAND_LINE_SIZE) & 0x7fffffff, MOST_COMMAND_LINE),
                head.getInt(INITRD_MAX) & 0xffffffffL,
                bytes(file.read(HEADER, headerEnd - HEADER)));
    }

    private static long alignment(ByteBuffer head) throws KernelFormatException {
        int alignment = head.getInt(ALIGNMENT);
        if (Integer.bitCount(alignment) != 1 || alignment < 0) {
            throw new KernelFormatException("its header asks for an alignment of 0x" + Integer.toHexString(alignment)
                    + ", which is no power of two");
        }
        return alignment;
    }

    private static List<Byte> bytes(ByteBuffer buffer) {
        List<Byte> bytes = new ArrayList<>();
        while (buffer.hasRemaining()) {
            bytes.add(buffer.get());
        }
        return bytes;
    }
}
