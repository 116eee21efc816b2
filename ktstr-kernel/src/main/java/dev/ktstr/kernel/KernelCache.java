package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFolder;
import dev.ktstr.kernel.internal.KeyLock;
import dev.ktstr.spec.KernelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Kernels on this machine that are ready to boot, one folder each, shared by all projects of a user.
 *
 * <p>{@code ROOT/kernels/KEY} holds vmlinuz, vmlinux, btf, config and metadata.json. An entry is made aside and renamed in,
 * under a lock per key, so it is there as a whole or not at all, whatever is killed when. {@code ROOT/images} holds what was
 * derived from images that live elsewhere. Opening either reads a small file; nothing is unpacked or hashed again.
 */
public final class KernelCache {
    private static final Duration LOCK_WAIT = Duration.ofMinutes(5);
    /** Derived files of an image that has since changed; a run that still uses them is over by then. */
    private static final Duration KEEP_STALE = Duration.ofDays(1);

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_~-]{0,199}");

    private final Path root;

    /**
     * A cache in a folder of your choice, which need not exist yet.
     *
     * @param root the folder above {@code kernels}
     */
    public KernelCache(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** The user's cache, by {@link #root(Map)} of this process's environment. */
    public static KernelCache standard() {
        return new KernelCache(root(System.getenv()));
    }

    /** Where a user's cache is: {@code $KTSTR_CACHE_DIR}, {@code $XDG_CACHE_HOME/ktstr}, or {@code ~/.cache/ktstr}. */
    public static Path root(Map<String, String> environment) {
        String own = environment.getOrDefault("KTSTR_CACHE_DIR", "");
        if (!own.isBlank()) {
            return Path.of(own);
        }
        // The XDG base directory specification: a relative path is to be ignored.
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (xdg.startsWith("/")) {
            return Path.of(xdg, "ktstr");
        }
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.isBlank() ? System.getProperty("user.home") : home, ".cache", "ktstr");
    }

    /**
     * Works in a temporary folder on the file system of the entries, one at a time per {@code key}; the folder is removed
     * afterwards, and so is what a killed process left of an earlier one.
     *
     * @param wait how long to wait for another process that is at it
     */
    void inTemporaryFolder(String key, Duration wait, Consumer<Path> work) {
        KeyLock.whileHeld(root.resolve("locks"), key, wait, () -> {
            Path temporary = root.resolve("tmp");
            removeLeftovers(temporary, key);
            Path folder = Folders.makeTemporary(temporary, key);
            try {
                work.accept(folder);
            } finally {
                Folders.remove(folder);
            }
        });
    }

    /** The folder of the entries. */
    public Path folder() {
        return root.resolve("kernels");
    }

    /**
     * What is in the cache.
     *
     * @param kernels the whole entries, newest version first
     * @param damaged one line per entry that cannot be used: its folder and what is wrong
     */
    public record Listing(List<CachedKernel> kernels, List<String> damaged) {
        public Listing {
            kernels = List.copyOf(kernels);
            damaged = List.copyOf(damaged);
        }
    }

    /** The whole entries, newest version first; {@link #listing()} tells of damaged ones as well. */
    public List<CachedKernel> list() {
        return listing().kernels();
    }

    /** The whole entries, and the damaged. */
    public Listing listing() {
        List<String> damaged = new ArrayList<>();
        List<CachedKernel> kernels = new ArrayList<>();
        for (Path entry : Folders.list(folder())) {
            try {
                kernels.add(open(entry));
            } catch (KernelException e) {
                damaged.add(entry + ": " + e.getMessage());
            }
        }
        kernels.sort(ReleaseOrder.OLDEST_FIRST.reversed());
        return new Listing(kernels, damaged);
    }

    /**
     * Finds an entry by key, version or version prefix; of several, the newest.
     *
     * @throws KernelException when {@code keyOrVersion} is neither, or names an entry that is damaged
     */
    public Optional<CachedKernel> find(String keyOrVersion) {
        if (KEY.matcher(keyOrVersion).matches()) {
            Path entry = folder().resolve(keyOrVersion);
            if (Files.isDirectory(entry)) {
                return Optional.of(open(entry));
            }
        }
        KernelSpec spec;
        try {
            spec = KernelSpec.parse(keyOrVersion);
        } catch (IllegalArgumentException e) {
            throw new KernelException(e.getMessage(), e);
        }
        return list().stream().filter(k -> spec.accepts(k.image().version())).findFirst();
    }

    /** The newest entry fetched as {@code source}. */
    public Optional<CachedKernel> newestOf(String source) {
        return list().stream().filter(k -> source.equals(k.source())).findFirst();
    }

    /**
     * Stores a kernel; an entry of the same key is replaced.
     *
     * @param key name of the entry: letters, digits and {@code . + _ ~ -}, no slash
     * @param image a bzImage, or an ELF vmlinux; copied
     * @param config its configuration, or null; copied
     * @param origin where it comes from, in words
     * @param source what it was fetched as, for {@link #newestOf}; or null
     * @throws KernelException when the image is no usable kernel, or the entry cannot be written; the cache is unchanged
     */
    public CachedKernel store(String key, Path image, @Nullable Path config, String origin, @Nullable String source) {
        if (!KEY.matcher(key).matches()) {
            throw new KernelException("'" + key + "' cannot be a cache key: letters, digits and . + _ ~ - only");
        }
        Path target = folder().resolve(key);
        write(key, target, new ImageFolder.Material(image, null, config, true, origin, source), true);
        return open(target);
    }

    private static CachedKernel open(Path entry) {
        ImageFolder.Content content = ImageFolder.read(entry, null, null);
        return new CachedKernel(entry.getFileName().toString(), content.image(), content.source(), content.created());
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
        String place = ImageFolder.sha256(List.of(real(image).toString())).substring(0, 16);
        List<String> state = new ArrayList<>();
        addState(image, state);
        addState(vmlinux, state);
        addState(config, state);
        Path places = root.resolve("images").resolve(place);
        Path target = places.resolve(ImageFolder.sha256(state).substring(0, 16));
        if (!ImageFolder.isFilled(target)) {
            write(place, target, new ImageFolder.Material(image, vmlinux, config, false, origin, null), false);
            removeStale(places, target);
        }
        return ImageFolder.read(target, origin, commit).image();
    }

    private void write(String key, Path target, ImageFolder.Material material, boolean replace) {
        inTemporaryFolder(key, LOCK_WAIT, made -> {
            if (replace || !ImageFolder.isFilled(target)) {
                ImageFolder.write(made, material);
                Folders.swapIn(made, target, made.resolveSibling(key + "-" + UUID.randomUUID()));
            }
        });
    }

    /** What a killed process left for this key; we hold its lock, so nobody is at work on it. */
    private static void removeLeftovers(Path temporary, String key) {
        Pattern ours = Pattern.compile(Pattern.quote(key) + "-([0-9]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})");
        for (Path entry : Folders.list(temporary)) {
            if (ours.matcher(entry.getFileName().toString()).matches()) {
                Folders.remove(entry);
            }
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
