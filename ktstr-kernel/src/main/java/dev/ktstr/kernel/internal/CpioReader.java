package dev.ktstr.kernel.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a cpio archive of the "new ASCII" format, as rpm writes it (cpio(5), {@code newc}, with and without checksums).
 *
 * <p>Every member is a header of 110 characters, the name padded to a multiple of 4 counted from the header's start, and
 * the content padded to a multiple of 4.
 */
final class CpioReader {
    /** More than any kernel package unpacks to. */
    private static final long MAX_TOTAL = 8L << 30;

    private static final int HEADER = 110;
    private static final int MAX_NAME = 4096;
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;

    private final InputStream in;
    private long total;
    private long left;
    private int padding;

    CpioReader(InputStream in) {
        this.in = in;
    }

    /**
     * A member.
     *
     * @param name as it is in the archive
     * @param size of its content in bytes
     * @param regular whether it is a file, not a link, folder or device
     */
    record Member(String name, long size, boolean regular) {}

    /**
     * Goes on to the next member; what is left of the last one's content is passed over.
     *
     * @return null at the end of the archive
     * @throws IOException when the archive is damaged or cut short
     */
    @Nullable
    Member next() throws IOException {
        in.skipNBytes(left + padding);
        byte[] header = exactly(HEADER);
        String magic = new String(header, 0, 6, StandardCharsets.US_ASCII);
        if (!magic.equals("070701") && !magic.equals("070702")) {
            throw new IOException(
                    magic.equals("07070X")
                            ? "its cpio members have no headers of their own (rpm's format for files over 4 GB)"
                            : "a cpio header does not start with 070701");
        }
        long mode = field(header, 1);
        long size = field(header, 6);
        int nameSize = (int) Math.min(field(header, 11), MAX_NAME + 1L);
        if (nameSize < 2 || nameSize > MAX_NAME) {
            throw new IOException("a cpio member has a name of " + field(header, 11) + " bytes");
        }
        byte[] name = exactly(nameSize);
        in.skipNBytes(pad(HEADER + (long) nameSize));
        total += size;
        if (total > MAX_TOTAL) {
            throw new IOException("its cpio members take more than " + MAX_TOTAL + " bytes");
        }
        left = size;
        padding = pad(size);
        String text = new String(name, 0, nameSize - 1, StandardCharsets.UTF_8);
        return text.equals("TRAILER!!!") ? null : new Member(text, size, (mode & S_IFMT) == S_IFREG);
    }

    /** Writes the content of the current member. */
    void content(OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 16];
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new EOFException("the archive is cut short");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the archive is cut short");
        }
        return bytes;
    }

    /** Fields are eight hexadecimal digits each, behind the magic. */
    private static long field(byte[] header, int index) throws IOException {
        long value = 0;
        for (int i = 6 + 8 * index; i < 14 + 8 * index; i++) {
            int digit = Character.digit(header[i], 16);
            if (digit < 0) {
                throw new IOException("a cpio header has something else than digits in it");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static int pad(long length) {
        return (int) (-length & 3);
    }
}
