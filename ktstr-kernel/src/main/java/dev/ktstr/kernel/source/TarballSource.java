package dev.ktstr.kernel.source;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.BuildListener.Progress;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.KeyLock;
import dev.ktstr.kernel.internal.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A release's tarball, downloaded once, checked by its hash, and unpacked for a build. */
public final class TarballSource implements KernelSource {
    private static final Duration OTHER_DOWNLOAD = Duration.ofHours(1);
    private static final long MB = 1 << 20;
    /** Linux 7 is packed into 160 MB; its candidates, by gzip, into 270. */
    private static final long MAX_TARBALL = 4L << 30;

    private final KernelOrg.Tarball tarball;
    private final Network network;
    private final Path downloads;

    /**
     * @param downloads where tarballs are kept for later builds
     */
    public TarballSource(KernelOrg.Tarball tarball, Network network, Path downloads) {
        this.tarball = tarball;
        this.network = network;
        this.downloads = downloads;
    }

    @Override
    public Identity identify() {
        String stem = tarball.version() + "-tarball";
        return new Identity(
                stem,
                tarball.version().toString(),
                "Linux " + tarball.version() + ", " + tarball.uri(),
                "kernel.org/" + tarball.version(),
                null,
                stem,
                null);
    }

    @Override
    public Path obtain(Identity identity, Path work, BuildListener listener) {
        Path archive = download(listener);
        Path tree = SourceArchive.fresh(work.resolve("src"));
        listener.step("unpacking " + archive.getFileName());
        long start = System.nanoTime();
        try {
            SourceArchive.unpack(archive, tree, bytes -> listener.progress(progress("unpacking", bytes, 0, start)));
        } catch (SourceArchive.Unwritable e) {
            throw new KernelException(e.getMessage(), e); // with room there is nothing to download again
        } catch (KernelException e) {
            discard(archive); // it has the right hash, or none is known; either way it is of no use
            throw e;
        }
        return tree;
    }

    private Path download(BuildListener listener) {
        String name = Path.of(tarball.uri().getPath()).getFileName().toString();
        Path archive = Folders.make(downloads).resolve(name);
        KeyLock.whileHeld(downloads.resolve("locks"), name, OTHER_DOWNLOAD, () -> {
            if (Files.exists(archive) && wrongHash(archive) == null) {
                listener.step("already downloaded: " + archive);
                return;
            }
            discard(archive);
            listener.step("downloading " + tarball.uri());
            fetch(archive, downloads.resolve(name + ".part"), listener);
        });
        return archive;
    }

    private void fetch(Path archive, Path part, BuildListener listener) {
        boolean resumed = Files.exists(part);
        get(part, listener);
        String wrong = wrongHash(part);
        if (wrong != null && resumed) {
            // What was there from an earlier run may be of another file: once more, from the start.
            listener.warn("what an earlier run left of it does not fit; downloading all of it");
            discard(part);
            get(part, listener);
            wrong = wrongHash(part);
        }
        if (wrong != null) {
            discard(part);
            throw new KernelException("the SHA-256 of " + tarball.uri() + " is " + wrong
                    + ", and the mirror's list says "
                    + tarball.sha256().orElseThrow() + ": the file is damaged or not genuine, and was thrown away. "
                    + "Try again, or name another mirror with -Dktstr.kernel.mirror=URL");
        }
        try {
            Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw ImageFile.failed("put in place", archive, e);
        }
    }

    private void get(Path part, BuildListener listener) {
        long start = System.nanoTime();
        if (!network.download(
                tarball.uri(),
                part,
                MAX_TARBALL,
                bytes -> listener.progress(progress("downloading", bytes, 0, start)))) {
            throw new KernelException("there is no " + tarball.uri() + ": no such release, or not on this mirror");
        }
    }

    /** The hash of a file when it is not the one wanted; null when it is, or when none is known. */
    private @Nullable String wrongHash(Path file) {
        if (tarball.sha256().isEmpty()) {
            return null;
        }
        try {
            String have = Sha256.of(file);
            return have.equals(tarball.sha256().get()) ? null : have;
        } catch (IOException e) {
            throw ImageFile.failed("read", file, e);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw ImageFile.failed("remove", file, e);
        }
    }

    private static Progress progress(String what, long bytes, long expected, long start) {
        return new Progress(what, bytes / MB, expected, "MB", Duration.ofNanos(System.nanoTime() - start), null);
    }
}
