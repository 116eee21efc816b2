package dev.ktstr.kernel;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** Kernel images of a few kilobytes, made byte by byte: right in all that is read, and nothing else in them. */
public final class SampleKernels {
    public static final String RELEASE = "6.14.2-sample";
    public static final int MACHINE_OFFSET = 18;

    private SampleKernels() {}

    /** The ways a payload can be packed. */
    public enum Packing {
        GZIP,
        BZIP2,
        LZMA,
        XZ,
        LZ4,
        ZSTD
    }

    /** BTF with a string section of these names. */
    public static byte[] btf(String... names) {
        ByteArrayOutputStream strings = new ByteArrayOutputStream();
        strings.write(0);
        for (String name : names) {
            strings.writeBytes((name + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] bytes = new byte[24 + 16 + strings.size()];
        ByteBuffer b = little(bytes);
        b.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
        b.putInt(0).putInt(16).putInt(16).putInt(strings.size());
        b.position(40);
        b.put(strings.toByteArray());
        return bytes;
    }

    /** A vmlinux of x86_64 with BTF of a sched_ext kernel and a PVH note. */
    public static byte[] vmlinux() {
        return vmlinux(RELEASE, btf("task_struct", "sched_ext_ops"), true);
    }

    /** A vmlinux: header, one note segment, and the sections .rodata (with the banner), .BTF and .shstrtab. */
    public static byte[] vmlinux(@Nullable String release, byte @Nullable [] btf, boolean pvh) {
        byte[] filler = new byte[3000];
        new Random(1).nextBytes(filler);
        String banner = release == null
                ? "no banner in here"
                : "Linux version %s (builder@host) (gcc) #1 SMP\n\0Linux version " + release
                        + " (b@h) (gcc 14) #1 SMP\n\0";
        byte[] rodata = banner.getBytes(StandardCharsets.US_ASCII);
        byte[] names = "\0.rodata\0.BTF\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
        byte[] bytesOfBtf = btf == null ? new byte[0] : btf;
        int notesAt = 64 + 56;
        int rodataAt = notesAt + 20 + filler.length;
        int btfAt = rodataAt + rodata.length;
        int namesAt = btfAt + bytesOfBtf.length;
        int sectionsAt = namesAt + names.length;

        byte[] bytes = new byte[sectionsAt + 4 * 64];
        ByteBuffer b = little(bytes);
        b.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
        b.putShort(16, (short) 2).putShort(MACHINE_OFFSET, (short) 62).putInt(20, 1);
        b.putLong(32, 64).putLong(40, sectionsAt);
        b.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
        b.putShort(58, (short) 64).putShort(60, (short) 4).putShort(62, (short) 3);
        b.putInt(64, 4).putLong(64 + 8, notesAt).putLong(64 + 32, 20);
        b.position(notesAt);
        b.putInt(4)
                .putInt(4)
                .putInt(pvh ? 18 : 17)
                .put("Xen\0".getBytes(StandardCharsets.US_ASCII))
                .putInt(0x1000000);
        b.put(filler).put(rodata).put(bytesOfBtf).put(names);
        section(b, sectionsAt + 64, 1, rodataAt, rodata.length);
        section(b, sectionsAt + 128, btf == null ? 0 : 9, btfAt, bytesOfBtf.length);
        section(b, sectionsAt + 192, 14, namesAt, names.length);
        return bytes;
    }

    /** The {@link #vmlinux()} with a fifth section, .debug_info, of that size. */
    public static byte[] withDebug(int size) {
        byte[] plain = vmlinux();
        byte[] names = "\0.rodata\0.BTF\0.shstrtab\0.debug_info\0".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer from = little(plain);
        int oldTable = (int) from.getLong(40);
        int debugAt = oldTable;
        int namesAt = debugAt + size;
        int table = namesAt + names.length;
        byte[] bytes = new byte[table + 5 * 64];
        ByteBuffer b = little(bytes);
        b.put(plain, 0, oldTable);
        b.putLong(40, table).putShort(60, (short) 5);
        b.put(namesAt, names);
        b.put(table, plain, oldTable, 4 * 64);
        section(b, table + 192, 14, namesAt, names.length);
        section(b, table + 256, 24, debugAt, size);
        return bytes;
    }

    private static void section(ByteBuffer b, int at, int name, long offset, long size) {
        b.putInt(at, name).putInt(at + 4, 1).putLong(at + 24, offset).putLong(at + 32, size);
    }

    /** A bzImage that unpacks to {@code vmlinux}. */
    public static byte[] bzImage(Packing packing, byte[] vmlinux) throws IOException {
        byte[] payload = pack(packing, vmlinux);
        int setupSize = 5 * 512;
        byte[] bytes = new byte[setupSize + 0x100 + payload.length + 64];
        ByteBuffer b = little(bytes);
        b.put(0x1f1, (byte) 4);
        b.putShort(0x1fe, (short) 0xaa55).putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20f);
        b.putShort(0x20e, (short) 0x200).putShort(0x236, (short) 1);
        b.putInt(0x248, 0x100).putInt(0x24c, payload.length);
        b.put(0x400, (RELEASE + " (b@h) #1 SMP\0").getBytes(StandardCharsets.US_ASCII));
        b.put(setupSize + 0x100, payload);
        return bytes;
    }

    private static byte[] pack(Packing packing, byte[] data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (packing == Packing.LZ4) {
            byte[] block = LZ4Factory.safeInstance().highCompressor().compress(data);
            bytes.writeBytes(word(0x184c2102));
            bytes.writeBytes(word(block.length));
            bytes.writeBytes(block);
        } else {
            try (OutputStream out = packer(packing, bytes)) {
                out.write(data);
            }
        }
        if (packing != Packing.GZIP) {
            bytes.writeBytes(word(data.length));
        }
        return bytes.toByteArray();
    }

    private static OutputStream packer(Packing packing, OutputStream to) throws IOException {
        return switch (packing) {
            case GZIP -> new GZIPOutputStream(to);
            case BZIP2 -> new BZip2CompressorOutputStream(to);
            case LZMA -> new LZMAOutputStream(to, new LZMA2Options(1), -1);
            case XZ ->
                new XZOutputStream(to, new FilterOptions[] {new X86Options(), new LZMA2Options(1)}, XZ.CHECK_CRC32);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(to);
            case LZ4 -> throw new IllegalArgumentException("lz4 legacy frames are written by hand");
        };
    }

    /** Writes bytes to a file, folders included. */
    public static Path write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    private static byte[] word(int value) {
        byte[] bytes = new byte[4];
        little(bytes).putInt(value);
        return bytes;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
