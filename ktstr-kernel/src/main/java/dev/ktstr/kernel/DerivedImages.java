package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFolder;
import dev.ktstr.kernel.internal.Metadata;
import dev.ktstr.kernel.internal.Sha256;
import dev.ktstr.kernel.internal.Stamp;
import dev.ktstr.kernel.internal.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was derived from images that stay where they are; kept until they change. */
final class DerivedImages {
    private static final Logger LOG = LoggerFactory.getLogger(DerivedImages.class);
    private static final Duration LOCK_WAIT = Duration.ofMinutes(5);
    /** Derived files of an image that has since changed; a run that still uses them is over by then. */
    private static final Duration KEEP_STALE = Duration.ofDays(1);

    private final Path folder;
    private final Workspace workspace;

    DerivedImages(Path folder, Workspace workspace) {
        this.folder = folder;
        this.workspace = workspace;
    }

    /**
     * Describes an image that stays where it is; what is derived from it is kept in the cache until the image changes.
     *
     * @param image the bootable file
     * @param vmlinux the ELF that belongs to it, or null when it must be unpacked from {@code image}
     * @param config its configuration, or null
     * @param origin where it is, in words
     * @param commit commit of the source tree, or null
     * @throws KernelException when it is no usable kernel image
     */
    KernelImage describe(
            Path image, @Nullable Path vmlinux, @Nullable Path config, String origin, @Nullable String commit) {
        String place = Sha256.of(List.of(real(image).toString())).substring(0, 16);
        List<String> state = new ArrayList<>(List.of("schema " + Metadata.SCHEMA));
        addState(image, state);
        addState(vmlinux, state);
        addState(config, state);
        Path places = folder.resolve(place);
        Path target = places.resolve(Sha256.of(state).substring(0, 16));
        Optional<KernelImage> known = derived(target, origin, commit);
        if (known.isEmpty()) {
            ImageFolder.Material material =
                    new ImageFolder.Material(image, vmlinux, config, false, origin, null, commit);
            workspace.use(place, LOCK_WAIT, made -> {
                if (derived(target, origin, commit).isEmpty()) {
                    ImageFolder.write(made, material);
                    Folders.swapIn(made, target, made.resolveSibling(place + "-" + UUID.randomUUID()));
                }
            });
            removeStale(places, target);
        }
        return known.orElseGet(
                () -> ImageFolder.read(target, origin, commit, Stamp.Check.USE).image());
    }

    /** What was derived from an image before; what is damaged of it is derived again. */
    private static Optional<KernelImage> derived(Path target, String origin, @Nullable String commit) {
        if (!ImageFolder.isFilled(target)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    ImageFolder.read(target, origin, commit, Stamp.Check.USE).image());
        } catch (KernelException e) {
            LOG.warn("{}; it is made again", e.getMessage());
            return Optional.empty();
        }
    }

    private static void removeStale(Path places, Path current) {
        Instant limit = Instant.now().minus(KEEP_STALE);
        for (Path entry : Folders.list(places)) {
            if (!entry.equals(current) && modified(entry).isBefore(limit)) {
                Folders.remove(entry);
            }
        }
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new KernelException("cannot look at " + file + ": " + e.getMessage(), e);
        }
    }

    private static void addState(@Nullable Path file, List<String> state) {
        if (file == null) {
            state.add("none");
            return;
        }
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            state.add(real(file) + " " + a.size() + " " + a.lastModifiedTime().toInstant() + " " + a.fileKey());
        } catch (IOException e) {
            throw new KernelException("cannot look at " + file + ": " + e.getMessage(), e);
        }
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new KernelException("cannot look at " + file + ": " + e.getMessage(), e);
        }
    }
}
