package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An x86 bzImage: its version string and the compressed vmlinux inside.
 *
 * <p>Offsets are those of the x86 boot protocol ({@code Documentation/arch/x86/boot.rst}): the set-up header starts at
 * 0x1f1, has the magic {@code HdrS} at 0x202 and its version at 0x206; {@code payload_offset} and {@code payload_length}
 * exist since protocol 2.08, {@code xloadflags} since 2.12. The payload's last four bytes are the size of what it
 * unpacks to ({@code size_append} in {@code scripts/Makefile.lib}; with gzip they are the format's own trailer).
 */
public final class BzImage {
    /** What a vmlinux may unpack to; the largest real ones with debug information are about half of this. */
    static final long MAX_UNPACKED = 1L << 30;

    private static final int HEADER_END = 0x268;
    private static final int PROTOCOL_WITH_PAYLOAD = 0x208;
    private static final int PROTOCOL_WITH_XLOADFLAGS = 0x20c;
    private static final int SCAN_WINDOW = 1 << 20;

    private final ImageFile file;
    private final @Nullable String banner;
    private final long payloadOffset;
    private final long payloadLength;

    private BzImage(ImageFile file, @Nullable String banner, long payloadOffset, long payloadLength) {
        this.file = file;
        this.banner = banner;
        this.payloadOffset = payloadOffset;
        this.payloadLength = payloadLength;
    }

    /** Tells whether a file has the magic of a set-up header. */
    public static boolean isOne(ImageFile file) {
        if (file.size() < HEADER_END) {
            return false;
        }
        ByteBuffer head = file.read(0, HEADER_END, "set-up header");
        return (head.getShort(0x1fe) & 0xffff) == 0xaa55 && head.getInt(0x202) == 0x53726448;
    }

    /**
     * Reads the set-up header.
     *
     * @throws KernelException when the image is for 32-bit machines, or its payload is not inside the file
     */
    public static BzImage read(ImageFile file) {
        ByteBuffer head = file.read(0, HEADER_END, "set-up header");
        int protocol = head.getShort(0x206) & 0xffff;
        if (protocol >= PROTOCOL_WITH_XLOADFLAGS && (head.getShort(0x236) & 1) == 0) {
            throw new KernelException(file.path() + " is a 32-bit x86 kernel; an x86_64 kernel is needed");
        }
        int setupSectors = head.get(0x1f1) & 0xff;
        long protectedMode = ((setupSectors == 0 ? 4 : setupSectors) + 1) * 512L;
        long offset = protocol >= PROTOCOL_WITH_PAYLOAD ? head.getInt(0x248) & 0xffffffffL : 0;
        long length = protocol >= PROTOCOL_WITH_PAYLOAD ? head.getInt(0x24c) & 0xffffffffL : 0;
        String banner = banner(file, head.getShort(0x20e) & 0xffff);
        if (offset != 0 && length != 0) {
            return new BzImage(file, banner, protectedMode + offset, length);
        }
        long found = scan(file, protectedMode);
        return new BzImage(file, banner, found, file.size() - found);
    }

    /** The release that the header names, {@code 6.14.2-cloud}; null when it names none. */
    public @Nullable String release() {
        return banner == null ? null : banner.split(" ", 2)[0];
    }

    /**
     * Unpacks the vmlinux.
     *
     * @throws KernelException when the payload is corrupt, cut short, or of a compression that cannot be read
     * @throws IOException when the output cannot be written
     */
    public void unpack(OutputStream out) throws IOException {
        if (payloadLength < 16) {
            throw new KernelException(file.path() + " is corrupt: its payload has " + payloadLength + " bytes");
        }
        ByteBuffer magic = file.read(payloadOffset, 8, "payload");
        long unpacked =
                file.read(payloadOffset + payloadLength - 4, 4, "payload").getInt() & 0xffffffffL;
        if (unpacked == 0 || unpacked > MAX_UNPACKED) {
            throw new KernelException(
                    file.path() + " is corrupt: its payload claims to unpack to " + unpacked + " bytes");
        }
        Compression compression = Compression.of(magic);
        if (compression == null) {
            throw new KernelException(file.path() + " is corrupt or of an unknown compression: its payload starts with "
                    + String.format("%016x", Long.reverseBytes(magic.getLong(0)))
                    + "; gzip, bzip2, lzma, xz, lz4 and zstd can be read");
        }
        long packed = compression == Compression.GZIP ? payloadLength : payloadLength - 4;
        InputStream in = new BufferedInputStream(file.stream(payloadOffset, packed, "payload"), 1 << 16);
        compression.unpack(in, unpacked, out, file.path());
    }

    /** The version string is a NUL-terminated text whose address is kernel_version + 0x200; 0 means there is none. */
    private static @Nullable String banner(ImageFile file, int pointer) {
        if (pointer == 0 || pointer + 0x200L >= file.size()) {
            return null;
        }
        int length = (int) Math.min(256, file.size() - pointer - 0x200);
        byte[] bytes = file.read(pointer + 0x200L, length, "version string").array();
        int end = 0;
        while (end < length && bytes[end] != 0) {
            if (bytes[end] < 0x20 || bytes[end] > 0x7e) {
                return null;
            }
            end++;
        }
        boolean terminated = end < length;
        boolean startsWithDigit = end > 0 && bytes[0] >= '0' && bytes[0] <= '9';
        return terminated && startsWithDigit ? new String(bytes, 0, end, StandardCharsets.US_ASCII) : null;
    }

    /** Old headers name no payload: it starts at the first magic behind the decompressor's head. */
    private static long scan(ImageFile file, long from) {
        int length = (int) Math.max(0, Math.min(SCAN_WINDOW, file.size() - from));
        if (length > 8) {
            ByteBuffer bytes = file.read(from, length, "protected-mode part");
            for (int at = 0; at + 8 <= length; at++) {
                if (Compression.of(bytes.slice(at, 8).order(bytes.order())) != null) {
                    return from + at;
                }
            }
        }
        throw new KernelException(
                file.path() + " is corrupt or not a kernel: its header names no payload and none was found");
    }
}
