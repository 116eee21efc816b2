package dev.ktstr.kernel;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Debian packages with just what is read of them. */
public final class SampleDebs {
    private SampleDebs() {}

    /**
     * Writes a package.
     *
     * @param dataName {@code data.tar.xz} and the like; its ending says how it is packed
     * @param files content by name in the archive; empty content makes a symbolic link
     */
    public static Path write(Path deb, String dataName, Map<String, byte[]> files) throws IOException {
        Files.createDirectories(deb.getParent());
        try (OutputStream out = Files.newOutputStream(deb);
                ArArchiveOutputStream ar = new ArArchiveOutputStream(out)) {
            member(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            member(ar, dataName, data(dataName, files));
        }
        return deb;
    }

    private static void member(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, content.length));
        ar.write(content);
        ar.closeArchiveEntry();
    }

    private static byte[] data(String name, Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(packer(name, bytes))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                boolean link = file.getValue().length == 0;
                TarArchiveEntry entry = link
                        ? new TarArchiveEntry(file.getKey(), TarArchiveEntry.LF_SYMLINK)
                        : new TarArchiveEntry(file.getKey(), true);
                entry.setSize(file.getValue().length);
                if (link) {
                    entry.setLinkName("/etc/passwd");
                }
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static OutputStream packer(String name, OutputStream to) throws IOException {
        return switch (name) {
            case "data.tar.xz" -> new XZOutputStream(to, new LZMA2Options(1));
            case "data.tar.zst" -> new ZstdOutputStreamNoFinalizer(to);
            case "data.tar.gz" -> new GZIPOutputStream(to);
            default -> to;
        };
    }
}
