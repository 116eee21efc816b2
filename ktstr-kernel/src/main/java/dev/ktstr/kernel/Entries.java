package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.ImageFolder;
import dev.ktstr.kernel.internal.Metadata;
import dev.ktstr.kernel.internal.MetadataJson;
import dev.ktstr.kernel.internal.Stamp;
import dev.ktstr.kernel.internal.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The folders of a cache's entries: opened, listed, removed. None is written here. */
final class Entries {
    private static final int MAX_KEY = 200;

    private final Path folder;
    private final Calibrations calibrations;

    /** Those in a folder, which need not exist yet. */
    Entries(Path folder, Calibrations calibrations) {
        this.folder = folder;
        this.calibrations = calibrations;
    }

    /** Whether a text can be the name of an entry: nothing that leaves the folder, nothing hidden. */
    static boolean isKey(String text) {
        boolean good = !text.isEmpty() && text.length() <= MAX_KEY && isLetterOrDigit(text.charAt(0));
        for (int i = 1; good && i < text.length(); i++) {
            good = isLetterOrDigit(text.charAt(i)) || ".+_~-".indexOf(text.charAt(i)) >= 0;
        }
        return good;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    static void requireKey(String key) {
        if (!isKey(key)) {
            throw new KernelException("'" + key + "' cannot be a cache key: letters, digits and . + _ ~ - only");
        }
    }

    /** Where the entries are. */
    Path folder() {
        return folder;
    }

    /** Where the entry of a key is, or would be. */
    Path at(String key) {
        return folder.resolve(key);
    }

    /** All that is there, whole and damaged. */
    KernelCache.Listing list(Stamp.Check check) {
        List<KernelCache.Damaged> damaged = new ArrayList<>();
        List<CachedKernel> kernels = new ArrayList<>();
        for (Path entry : Folders.list(folder)) {
            try {
                kernels.add(open(entry, check));
            } catch (KernelException e) {
                if (Files.exists(entry)) { // else another process has just removed it
                    damaged.add(new KernelCache.Damaged(
                            entry.getFileName().toString(),
                            String.valueOf(e.getMessage()),
                            MetadataJson.isNewer(entry)));
                }
            }
        }
        kernels.sort(ReleaseOrder.OLDEST_FIRST.reversed());
        return new KernelCache.Listing(kernels, damaged);
    }

    /** The newest of those that are wanted, ready for use. */
    Optional<CachedKernel> newest(Predicate<CachedKernel> wanted) {
        return list(Stamp.Check.TOUCHED).kernels().stream()
                .filter(wanted)
                .findFirst()
                .map(kernel -> use(at(kernel.key())));
    }

    /**
     * Opens an entry that was asked for.
     *
     * @throws KernelException when it is damaged, or of a newer release; with what to do
     */
    CachedKernel use(Path entry) {
        try {
            return open(entry, Stamp.Check.USE);
        } catch (KernelException e) {
            if (MetadataJson.isNewer(entry)) {
                throw e;
            }
            throw new KernelException(
                    e.getMessage() + ". The entry is not used; 'mvn ktstr:kernel-clean -Dktstr.corruptOnly' removes it,"
                            + " and it can be built or fetched again",
                    e);
        }
    }

    /**
     * Opens an entry if it is there and whole.
     *
     * @param listener hears why one that is there is not taken
     * @throws KernelException when a newer release wrote it: it is good, only not for us
     */
    Optional<CachedKernel> whole(Path entry, FetchListener listener) {
        if (!Files.exists(entry)) {
            return Optional.empty();
        }
        try {
            return Optional.of(open(entry, Stamp.Check.USE));
        } catch (KernelException e) {
            if (MetadataJson.isNewer(entry)) {
                throw e;
            }
            listener.progress(
                    "the cache entry " + entry.getFileName() + " cannot be used and is made again: " + e.getMessage());
            return Optional.empty();
        }
    }

    private CachedKernel open(Path entry, Stamp.Check check) {
        ImageFolder.Content content = ImageFolder.read(entry, null, null, check);
        Metadata m = content.metadata();
        return new CachedKernel(
                entry.getFileName().toString(),
                calibrations.completed(content.image()),
                m.source(),
                m.created(),
                m.compiler(),
                m.configHash());
    }

    /**
     * Removes an entry, unless somebody is making it; tells whether it is gone.
     *
     * @param temporary the cache's folder for what is on its way
     */
    boolean remove(String key, Workspace workspace, Path temporary) {
        requireKey(key);
        return workspace.ifFree(key, () -> {
            // Out of sight in one step, so that nobody finds half an entry.
            Path aside = Folders.makeTemporary(temporary, key);
            try {
                Files.move(at(key), aside.resolve("entry"), StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException e) {
                return; // another process was faster
            } catch (IOException e) {
                throw ImageFile.failed("remove", at(key), e);
            } finally {
                Folders.remove(aside);
            }
        });
    }
}
