package dev.ktstr.kernel;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.ktstr.kernel.internal.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** RPM packages with just what is read of them, digests included. */
public final class SampleRpms {
    private SampleRpms() {}

    /**
     * Writes a package.
     *
     * @param packing {@code gzip}, {@code xz}, {@code zstd} or {@code none}
     * @param files content by name in the archive; empty content makes a symbolic link
     */
    public static Path write(Path rpm, String packing, Map<String, byte[]> files) throws IOException {
        Files.createDirectories(rpm.getParent());
        return Files.write(rpm, bytes(packing, "x86_64", files));
    }

    /** The bytes of a package. */
    public static byte[] bytes(String packing, String architecture, Map<String, byte[]> files) throws IOException {
        byte[] payload = pack(packing, cpio(files));
        byte[] header = header(Map.of(1022, architecture, 5092, sha256(payload)));
        byte[] signature = header(Map.of(273, sha256(header)));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(ByteBuffer.allocate(96).putInt(0xedabeedb).put((byte) 3).array());
        all.writeBytes(signature);
        all.writeBytes(new byte[-all.size() & 7]);
        all.writeBytes(header);
        all.writeBytes(payload);
        return all.toByteArray();
    }

    private static byte[] header(Map<Integer, String> texts) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        ByteBuffer entries = ByteBuffer.allocate(texts.size() * 16);
        texts.forEach((tag, text) -> {
            entries.putInt(tag).putInt(6).putInt(data.size()).putInt(1);
            data.writeBytes((text + "\0").getBytes(StandardCharsets.US_ASCII));
        });
        return ByteBuffer.allocate(16 + entries.capacity() + data.size())
                .putInt(0x8eade801)
                .putInt(0)
                .putInt(texts.size())
                .putInt(data.size())
                .put(entries.array())
                .put(data.toByteArray())
                .array();
    }

    /** A cpio archive of these files. */
    public static byte[] cpio(Map<String, byte[]> files) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        files.forEach((name, content) ->
                member(all, name, content.length == 0 ? 0120777 : 0100644, content.length == 0 ? link() : content));
        member(all, "TRAILER!!!", 0, new byte[0]);
        return all.toByteArray();
    }

    private static byte[] link() {
        return "/etc/passwd".getBytes(StandardCharsets.US_ASCII);
    }

    private static void member(ByteArrayOutputStream to, String name, int mode, byte[] content) {
        String header = "070701" + "00000001" + String.format("%08x", mode) + "00000000".repeat(2) + "00000001"
                + "00000000" + String.format("%08x", content.length) + "00000000".repeat(4)
                + String.format("%08x", name.length() + 1) + "00000000";
        to.writeBytes((header + name + "\0").getBytes(StandardCharsets.US_ASCII));
        to.writeBytes(new byte[-to.size() & 3]);
        to.writeBytes(content);
        to.writeBytes(new byte[-to.size() & 3]);
    }

    private static byte[] pack(String packing, byte[] data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = packer(packing, bytes)) {
            out.write(data);
        }
        return bytes.toByteArray();
    }

    private static OutputStream packer(String packing, OutputStream to) throws IOException {
        return switch (packing) {
            case "gzip" -> new GZIPOutputStream(to);
            case "xz" -> new XZOutputStream(to, new LZMA2Options(1));
            case "zstd" -> new ZstdOutputStreamNoFinalizer(to);
            default -> to;
        };
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Sha256.start().digest(bytes));
    }
}
