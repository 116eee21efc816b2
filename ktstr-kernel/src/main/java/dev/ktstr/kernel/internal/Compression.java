package dev.ktstr.kernel.internal;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.ktstr.kernel.KernelException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/** The ways a kernel build may pack vmlinux ({@code CONFIG_KERNEL_GZIP} and the like; LZO is not among them). */
enum Compression {
    GZIP(0x1f8b, 2) {
        @Override
        InputStream reader(InputStream in) throws IOException {
            return new GZIPInputStream(in, 1 << 16);
        }
    },
    BZIP2(0x425a68, 3) {
        @Override
        InputStream reader(InputStream in) throws IOException {
            return new BZip2CompressorInputStream(in);
        }
    },
    XZ(0xfd377a585a00L, 6) {
        @Override
        InputStream reader(InputStream in) throws IOException {
            return new SingleXZInputStream(in, MEMORY_LIMIT_KIB);
        }
    },
    LZMA(0x5d0000, 3) {
        @Override
        InputStream reader(InputStream in) throws IOException {
            return new LZMAInputStream(in, MEMORY_LIMIT_KIB);
        }
    },
    LZ4(0x02214c18, 4) {
        @Override
        InputStream reader(InputStream in) throws IOException {
            return new LegacyLz4(in);
        }
    },
    ZSTD(0x28b52ffd, 4) {
        @Override
        InputStream reader(InputStream in) throws IOException {
            return new ZstdInputStreamNoFinalizer(in);
        }
    };

    /** Kernel builds use dictionaries of up to 128 MiB; a header that asks for gigabytes is an attack or an accident. */
    private static final int MEMORY_LIMIT_KIB = 200 << 10;

    private final long magic;
    private final int magicBytes;

    Compression(long magic, int magicBytes) {
        this.magic = magic;
        this.magicBytes = magicBytes;
    }

    /** The compression whose magic the eight bytes start with; null for none. */
    static @Nullable Compression of(ByteBuffer eightBytes) {
        for (Compression c : values()) {
            long head = 0;
            for (int i = 0; i < c.magicBytes; i++) {
                head = head << 8 | (eightBytes.get(i) & 0xff);
            }
            if (head == c.magic) {
                return c;
            }
        }
        return null;
    }

    abstract InputStream reader(InputStream in) throws IOException;

    /**
     * Unpacks exactly {@code size} bytes.
     *
     * @throws KernelException when the data is corrupt, or holds more or less than that
     * @throws IOException when the output cannot be written
     */
    void unpack(InputStream in, long size, OutputStream out, Path file) throws IOException {
        String what = file + " is corrupt: its " + name().toLowerCase(Locale.ROOT) + " payload ";
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        try (InputStream reader = open(in, what)) {
            while (true) {
                int n = read(reader, buffer, what);
                if (n < 0) {
                    break;
                }
                total += n;
                if (total > size) {
                    throw new KernelException(what + "holds more than the " + size + " bytes it claims");
                }
                out.write(buffer, 0, n);
            }
        }
        if (total != size) {
            throw new KernelException(what + "ends after " + total + " of the " + size + " bytes it claims");
        }
    }

    private InputStream open(InputStream in, String what) {
        try {
            return reader(in);
        } catch (IOException | RuntimeException e) {
            throw new KernelException(what + "cannot be unpacked: " + reason(e), e);
        }
    }

    /** Decoders report bad data in their own ways, array bounds included; all of them mean the same here. */
    private static int read(InputStream reader, byte[] buffer, String what) {
        try {
            return reader.read(buffer);
        } catch (IOException | RuntimeException e) {
            throw new KernelException(what + "cannot be unpacked: " + reason(e), e);
        }
    }

    private static String reason(Exception e) {
        return e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * The lz4 legacy frame, which the kernel's build uses: a magic, then blocks of a 32-bit little-endian packed size and
     * that many bytes, each unpacking to at most 8 MiB ({@code lib/decompress_unlz4.c}).
     */
    private static final class LegacyLz4 extends FilterInputStream {
        private static final int BLOCK = 8 << 20;
        /** The most an incompressible block grows to: LZ4_COMPRESSBOUND. */
        private static final int PACKED_LIMIT = BLOCK + BLOCK / 255 + 16;

        private final LZ4SafeDecompressor decoder = LZ4Factory.safeInstance().safeDecompressor();
        private final byte[] block = new byte[BLOCK];
        private int at;
        private int end;

        LegacyLz4(InputStream in) throws IOException {
            super(in);
            if (in.readNBytes(4).length < 4) {
                throw new EOFException("no frame magic");
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            while (at == end) {
                if (!nextBlock()) {
                    return -1;
                }
            }
            int n = Math.min(length, end - at);
            System.arraycopy(block, at, to, offset, n);
            at += n;
            return n;
        }

        private boolean nextBlock() throws IOException {
            byte[] size = in.readNBytes(4);
            if (size.length == 0) {
                return false;
            }
            if (size.length < 4) {
                throw new EOFException("a block's size is cut short");
            }
            int packed = (size[0] & 0xff) | (size[1] & 0xff) << 8 | (size[2] & 0xff) << 16 | (size[3] & 0xff) << 24;
            if (packed <= 0 || packed > PACKED_LIMIT) {
                throw new IOException("a block of " + Integer.toUnsignedString(packed) + " bytes");
            }
            byte[] bytes = in.readNBytes(packed);
            if (bytes.length < packed) {
                throw new EOFException("a block is cut short");
            }
            at = 0;
            end = decoder.decompress(bytes, 0, packed, block, 0, BLOCK);
            return true;
        }
    }
}
