package dev.ktstr.kernel.source;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Folders;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks a source tarball from somewhere else.
 *
 * <p>Nothing is written outside the target, whatever the archive says: names with {@code ..} or from the root, entries below a
 * symbolic link, links out of the tree, hard links and devices are refused. The links that a kernel tree has are made last.
 */
final class SourceArchive {
    private static final int XZ_MEMORY_KIB = 200 << 10;
    private static final long MAX_BYTES = 16L << 30;
    private static final int MAX_ENTRIES = 1_000_000;

    private static final Set<Byte> REGULAR =
            Set.of(TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG);

    private final Path archive;
    private final Path target;
    private final Set<Path> folders = new HashSet<>();
    private final Map<Path, String> links = new LinkedHashMap<>();
    private final byte[] chunk = new byte[1 << 16];
    private long bytes;

    /** What is unpacked cannot be written; the archive is as good as before. */
    static final class Unwritable extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        Unwritable(Path file, IOException e) {
            super(
                    "cannot write " + file + ": " + e.getMessage()
                            + "; make room there, or move the cache with KTSTR_CACHE_DIR",
                    e);
        }
    }

    /** Writes something. */
    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    /** Tells what cannot be written from what cannot be read. */
    private static void write(Path file, Writing writing) throws IOException {
        try {
            writing.run();
        } catch (FileAlreadyExistsException e) {
            throw e; // the archive contradicts itself
        } catch (IOException e) {
            throw new Unwritable(file, e);
        }
    }

    private SourceArchive(Path archive, Path target) {
        this.archive = archive;
        this.target = target;
    }

    /**
     * Unpacks an archive, without the one folder that everything in it is in.
     *
     * @param archive {@code .tar.xz}, {@code .tar.gz} or {@code .tar}
     * @param target an empty folder
     * @param progress hears how many bytes are unpacked, now and then
     * @throws KernelException when the archive is damaged or refused
     * @throws Unwritable when it is not to blame
     */
    static void unpack(Path archive, Path target, LongConsumer progress) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 20);
                TarArchiveInputStream tar = new TarArchiveInputStream(unpacked(archive, in))) {
            new SourceArchive(archive, target).entries(tar, progress);
        } catch (IOException | IllegalArgumentException e) {
            throw new KernelException("cannot unpack " + archive + " to " + target + ": " + e.getMessage(), e);
        }
    }

    private static InputStream unpacked(Path archive, InputStream in) throws IOException {
        String name = archive.getFileName().toString();
        if (name.endsWith(".xz")) {
            return new XZInputStream(in, XZ_MEMORY_KIB);
        }
        return name.endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private void entries(TarArchiveInputStream tar, LongConsumer progress) throws IOException {
        int count = 0;
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (++count > MAX_ENTRIES) {
                throw refused(entry, "it has more than " + MAX_ENTRIES + " entries");
            }
            if (!entry.isPaxHeader() && !entry.isGlobalPaxHeader()) {
                entry(tar, entry);
                progress.accept(bytes);
            }
        }
        if (count == 0) {
            throw new IOException("it is empty");
        }
        for (Map.Entry<Path, String> link : links.entrySet()) {
            write(link.getKey(), () -> Files.createSymbolicLink(link.getKey(), Path.of(link.getValue())));
        }
    }

    private void entry(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
        Path path = place(entry);
        if (path.equals(target)) {
            return;
        }
        if (entry.isDirectory()) {
            folder(path, entry);
        } else if (entry.isSymbolicLink()) {
            folder(path.getParent(), entry);
            links.put(path, checkedLink(path, entry));
        } else if (REGULAR.contains(entry.getLinkFlag())) {
            folder(path.getParent(), entry);
            file(tar, entry, path);
        } else {
            throw refused(entry, "it is no file, folder or symbolic link");
        }
    }

    /** Where an entry goes: below the target, its first folder left out. */
    private Path place(TarArchiveEntry entry) throws IOException {
        String name = entry.getName();
        if (name.startsWith("/") || name.indexOf('\0') >= 0) {
            throw refused(entry, "its name starts at the root");
        }
        Path path = target;
        boolean first = true;
        for (String part : name.split("/+", -1)) {
            if (part.equals("..")) {
                throw refused(entry, "its name leads out of the archive");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                path = first ? path : path.resolve(part);
                first = false;
            }
        }
        if (!first && path.equals(target) && !entry.isDirectory()) {
            throw refused(entry, "it is not in the one folder that a source archive has");
        }
        return path;
    }

    private void folder(Path folder, TarArchiveEntry entry) throws IOException {
        if (folder.equals(target) || folders.contains(folder)) {
            return;
        }
        folder(folder.getParent(), entry);
        if (links.containsKey(folder)) {
            throw refused(entry, "it lies below the symbolic link " + target.relativize(folder));
        }
        write(folder, () -> Files.createDirectory(folder));
        folders.add(folder);
    }

    private String checkedLink(Path path, TarArchiveEntry entry) throws IOException {
        String to = entry.getLinkName();
        boolean inside = !to.isEmpty()
                && !to.startsWith("/")
                && path.getParent().resolve(to).normalize().startsWith(target);
        if (!inside) {
            throw refused(entry, "it is a symbolic link to " + to + ", out of the tree");
        }
        return to;
    }

    private void file(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (links.containsKey(path)) {
            throw refused(entry, "a symbolic link of that name came before it");
        }
        bytes += entry.getSize();
        if (entry.getSize() < 0 || bytes > MAX_BYTES) {
            throw refused(entry, "the archive claims more than " + (MAX_BYTES >> 30) + " GiB");
        }
        long copied = copy(tar, path);
        if (copied != entry.getSize()) {
            throw new IOException(entry.getName() + " ends after " + copied + " of " + entry.getSize() + " bytes");
        }
        if ((entry.getMode() & 0100) != 0) {
            write(path, () -> Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x")));
        }
    }

    private long copy(TarArchiveInputStream tar, Path path) throws IOException {
        long copied = 0;
        try (FileChannel out = create(path)) {
            for (int n = tar.read(chunk); n >= 0; n = tar.read(chunk)) {
                ByteBuffer read = ByteBuffer.wrap(chunk, 0, n);
                write(path, () -> {
                    while (read.hasRemaining()) {
                        out.write(read);
                    }
                });
                copied += n;
            }
        }
        return copied;
    }

    private static FileChannel create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException(path.getFileName() + " is in it as a folder and as a file");
        }
        try {
            return FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new Unwritable(path, e);
        }
    }

    private KernelException refused(TarArchiveEntry entry, String why) {
        return new KernelException("refused " + archive + ": its entry '" + entry.getName() + "' must not be there: "
                + why + ". Nothing of it is used");
    }

    /** An empty folder at that path, whatever was there. */
    static Path fresh(Path folder) {
        Folders.remove(folder);
        return Folders.make(folder);
    }
}
