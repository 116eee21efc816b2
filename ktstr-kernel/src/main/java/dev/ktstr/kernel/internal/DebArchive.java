package dev.ktstr.kernel.internal;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.ktstr.kernel.KernelException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Takes single files out of a Debian package (deb(5): an ar archive with {@code data.tar}, packed or not).
 *
 * <p>Names in the archive choose what is taken and are never used as paths, so no name can lead out of the folder.
 */
public final class DebArchive {
    private static final long MAX_FILE = 1L << 30;
    private static final int XZ_MEMORY_KIB = 200 << 10;

    private DebArchive() {}

    /**
     * Takes regular files out.
     *
     * @param wanted names to look for, anchored patterns without leading {@code ./} or {@code /}, each with the file that
     *     the first match is written to
     * @return the files that were written, by the name they have in the archive
     * @throws KernelException when the package is damaged or the files cannot be written
     */
    public static Map<String, Path> take(Path deb, Map<Pattern, Path> wanted) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(deb));
                ArArchiveInputStream ar = new ArArchiveInputStream(in)) {
            for (ArArchiveEntry entry = ar.getNextEntry(); entry != null; entry = ar.getNextEntry()) {
                if (entry.getName().startsWith("data.tar")) {
                    try (TarArchiveInputStream tar = new TarArchiveInputStream(unpack(entry.getName(), ar))) {
                        return takeFrom(tar, wanted);
                    }
                }
            }
            throw new KernelException(deb + " is damaged: it has no data.tar");
        } catch (IOException | IllegalArgumentException e) {
            throw new KernelException("cannot unpack " + deb + ": " + e.getMessage(), e);
        }
    }

    private static InputStream unpack(String name, InputStream ar) throws IOException {
        InputStream data = new BufferedInputStream(new KeepOpen(ar), 1 << 16);
        return switch (name.substring("data.tar".length())) {
            case ".xz" -> new XZInputStream(data, XZ_MEMORY_KIB);
            case ".zst" -> new ZstdInputStreamNoFinalizer(data);
            case ".gz" -> new GZIPInputStream(data, 1 << 16);
            case "" -> data;
            default -> throw new IOException(name + " is packed in a way that is not known");
        };
    }

    private static Map<String, Path> takeFrom(TarArchiveInputStream tar, Map<Pattern, Path> wanted) throws IOException {
        Map<Pattern, Path> left = new LinkedHashMap<>(wanted);
        Map<String, Path> taken = new LinkedHashMap<>();
        for (TarArchiveEntry e = tar.getNextEntry(); e != null && !left.isEmpty(); e = tar.getNextEntry()) {
            String name = e.getName().replaceFirst("^\\.?/+", "");
            for (Pattern pattern : left.keySet()) {
                if (e.isFile()
                        && !e.isLink()
                        && !e.isSymbolicLink()
                        && pattern.matcher(name).matches()) {
                    copy(tar, e, left.get(pattern));
                    taken.put(name, left.get(pattern));
                    left.remove(pattern);
                    break;
                }
            }
        }
        return taken;
    }

    private static void copy(TarArchiveInputStream tar, TarArchiveEntry entry, Path to) throws IOException {
        if (entry.getSize() > MAX_FILE) {
            throw new IOException(entry.getName() + " claims " + entry.getSize() + " bytes");
        }
        try (OutputStream out = Files.newOutputStream(to)) {
            long copied = tar.transferTo(out);
            if (copied != entry.getSize()) {
                throw new IOException(entry.getName() + " ends after " + copied + " of " + entry.getSize() + " bytes");
            }
        }
    }

    /** Closing the inner tar must not close the ar around it, which has its own owner. */
    private static final class KeepOpen extends FilterInputStream {
        KeepOpen(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // the ar's owner closes it
        }
    }
}
