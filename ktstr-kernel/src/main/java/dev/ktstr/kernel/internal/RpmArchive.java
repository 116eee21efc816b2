package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes single files out of an RPM package.
 *
 * <p>The format (rpm's docs/manual/format_v4.md): a lead of 96 bytes, a signature header padded to 8 bytes, a header, and a
 * packed cpio archive. A header is a magic, the number of entries and of data bytes, entries of tag, type, offset and
 * count, all big-endian, and the data. The digests that the package has of its own header and payload are checked; who
 * signed it is not. Names in the archive choose what is taken and are never used as paths.
 */
public final class RpmArchive {
    private static final int LEAD = 96;
    private static final int MAX_ENTRIES = 1 << 16;
    private static final int MAX_DATA = 64 << 20;
    private static final long MAX_FILE = 1L << 30;
    /** RPMSIGTAG_SHA256: hex digest of the header. */
    private static final int TAG_HEADER_SHA256 = 273;
    /** RPMTAG_PAYLOADSHA256: hex digest of the packed payload. */
    private static final int TAG_PAYLOAD_SHA256 = 5092;

    private static final int TAG_ARCHITECTURE = 1022;
    private static final int TYPE_STRING = 6;
    private static final int TYPE_STRING_ARRAY = 8;

    private RpmArchive() {}

    /**
     * Takes regular files out.
     *
     * @param wanted names to look for, anchored patterns without leading {@code ./} or {@code /}, each with the file that
     *     the first match is written to
     * @return the files that were written, by the name they have in the archive
     * @throws KernelException when the package is damaged or of another architecture, or the files cannot be written
     */
    public static Map<String, Path> take(Path rpm, Map<Pattern, Path> wanted) {
        try (ImageFile file = ImageFile.open(rpm)) {
            ByteBuffer lead = file.read(0, LEAD, "lead").order(ByteOrder.BIG_ENDIAN);
            if (lead.getInt(0) != 0xedabeedb) {
                throw new KernelException(rpm + " is no RPM package: it does not start with the magic of one");
            }
            Header signature = Header.read(file, LEAD, "signature header");
            Header header = Header.read(file, (signature.end + 7) & ~7L, "header");
            checkHeader(file, signature, header);
            String architecture = header.text(TAG_ARCHITECTURE);
            if (architecture != null && !architecture.equals("x86_64")) {
                throw new KernelException(rpm + " is a package for " + architecture + "; an x86_64 kernel is needed");
            }
            return payload(file, header, wanted);
        } catch (IOException | IllegalArgumentException e) {
            throw new KernelException("cannot unpack " + rpm + ": " + e.getMessage(), e);
        }
    }

    private static void checkHeader(ImageFile file, Header signature, Header header) throws IOException {
        String recorded = signature.text(TAG_HEADER_SHA256);
        if (recorded != null) {
            MessageDigest digest = Sha256.start();
            try (InputStream in = file.stream(header.start, header.end - header.start, "header")) {
                digest.update(in.readAllBytes());
            }
            compare(file.path(), "header", recorded, digest);
        }
    }

    private static void compare(Path rpm, String what, String recorded, MessageDigest digest) {
        String actual = Sha256.hex(digest);
        if (!actual.equals(recorded)) {
            throw new KernelException(rpm + " is damaged: the SHA-256 of its " + what + " is " + actual
                    + ", and it says itself " + recorded + "; get it again");
        }
    }

    private static Map<String, Path> payload(ImageFile file, Header header, Map<Pattern, Path> wanted)
            throws IOException {
        long length = file.size() - header.end;
        String recorded = header.text(TAG_PAYLOAD_SHA256);
        if (recorded != null) {
            MessageDigest digest = Sha256.start();
            try (InputStream in = new DigestInputStream(file.stream(header.end, length, "payload"), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            compare(file.path(), "payload", recorded, digest);
        }
        ByteBuffer magic = file.read(header.end, 8, "payload");
        Compression compression = Compression.of(magic);
        InputStream packed = new BufferedInputStream(file.stream(header.end, length, "payload"), 1 << 16);
        boolean plain = compression == null && magic.get(0) == '0' && magic.get(1) == '7';
        if (compression == null && !plain) {
            throw new KernelException(
                    file.path() + " has a payload that is packed in a way that is not known, or is damaged");
        }
        try (InputStream in = compression == null ? packed : new BufferedInputStream(compression.reader(packed))) {
            return takeFrom(new CpioReader(in), wanted);
        } catch (IOException | KernelException e) {
            throw e;
        } catch (RuntimeException e) {
            // Decoders report bad data in their own ways, array bounds included.
            throw new KernelException("cannot unpack " + file.path() + ": its payload is damaged: " + e, e);
        }
    }

    private static Map<String, Path> takeFrom(CpioReader cpio, Map<Pattern, Path> wanted) throws IOException {
        Map<Pattern, Path> left = new LinkedHashMap<>(wanted);
        Map<String, Path> taken = new LinkedHashMap<>();
        for (CpioReader.Member m = cpio.next(); m != null && !left.isEmpty(); m = cpio.next()) {
            String name = m.name().replaceFirst("^\\.?/+", "");
            Pattern match = null;
            for (Pattern pattern : left.keySet()) {
                if (m.regular() && m.size() > 0 && pattern.matcher(name).matches()) {
                    match = pattern;
                }
            }
            if (match != null) {
                copy(cpio, m, left.get(match));
                taken.put(name, left.get(match));
                left.remove(match);
            }
        }
        return taken;
    }

    private static void copy(CpioReader cpio, CpioReader.Member member, Path to) throws IOException {
        if (member.size() > MAX_FILE) {
            throw new IOException(member.name() + " claims " + member.size() + " bytes");
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), 1 << 16)) {
            cpio.content(out);
        }
    }

    /** One header, with where it starts and ends in the file. */
    private static final class Header {
        final long start;
        final long end;
        private final ByteBuffer entries;
        private final byte[] data;

        private Header(long start, long end, ByteBuffer entries, byte[] data) {
            this.start = start;
            this.end = end;
            this.entries = entries;
            this.data = data;
        }

        static Header read(ImageFile file, long at, String what) {
            ByteBuffer intro = file.read(at, 16, what).order(ByteOrder.BIG_ENDIAN);
            int count = intro.getInt(8);
            int size = intro.getInt(12);
            if (intro.getInt(0) != 0x8eade801) {
                throw new KernelException(
                        file.path() + " is damaged: its " + what + " does not start with the magic of one");
            }
            if (count < 0 || count > MAX_ENTRIES || size < 0 || size > MAX_DATA) {
                throw new KernelException(
                        file.path() + " is damaged: its " + what + " claims " + Integer.toUnsignedString(count)
                                + " entries and " + Integer.toUnsignedString(size) + " bytes");
            }
            ByteBuffer entries = file.read(at + 16, count * 16, what).order(ByteOrder.BIG_ENDIAN);
            byte[] data = file.read(at + 16 + count * 16L, size, what).array();
            return new Header(at, at + 16 + count * 16L + size, entries, data);
        }

        /** A string entry, or the first of an array; null when there is none, or it is not inside the data. */
        @Nullable
        String text(int tag) {
            for (int at = 0; at < entries.limit(); at += 16) {
                int type = entries.getInt(at + 4);
                int from = entries.getInt(at + 8);
                boolean string = type == TYPE_STRING || type == TYPE_STRING_ARRAY;
                if (entries.getInt(at) == tag && string && from >= 0 && from < data.length) {
                    int to = from;
                    while (to < data.length && data[to] != 0) {
                        to++;
                    }
                    return new String(Arrays.copyOfRange(data, from, to), StandardCharsets.UTF_8);
                }
            }
            return null;
        }
    }
}
