package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.ImageFolder;
import dev.ktstr.kernel.internal.NetworkFileSystems;
import dev.ktstr.kernel.internal.Stamp;
import dev.ktstr.kernel.internal.Workspace;
import dev.ktstr.kernel.remote.RemoteCaches;
import dev.ktstr.spec.KernelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Kernels on this machine that are ready to boot, one folder each, shared by all projects of a user.
 *
 * <p>{@code ROOT/kernels/KEY} holds vmlinuz, vmlinux, btf, config and metadata.json. An entry is made aside and renamed in,
 * under a lock per key, so it is there as a whole or not at all, whatever is killed when. {@code ROOT/images} holds what was
 * derived from images that live elsewhere, {@code ROOT/symbols} what was read from running kernels. Opening an entry checks
 * its files: against their digests once a day and whenever anything has touched them, else by a stamp.
 */
public final class KernelCache {
    /** A kernel may be in the making that long: a build with everything in it on a slow machine. */
    private static final Duration MAKE_WAIT = Duration.ofHours(4);

    private final Path root;
    private final Function<Path, @Nullable String> fileSystemType;
    private final Workspace workspace;
    private final Calibrations calibrations;
    private final Entries entries;
    private boolean local; // guarded by this
    private RemoteCache remote = RemoteCache.NONE;

    /**
     * A cache in a folder of your choice, which need not exist yet.
     *
     * @param root the folder above {@code kernels}
     */
    public KernelCache(Path root) {
        this(root, NetworkFileSystems::typeOf);
    }

    /**
     * A cache on a file system whose type is told by someone else.
     *
     * @param fileSystemType type of the file system of an existing path, null when unknown
     */
    KernelCache(Path root, Function<Path, @Nullable String> fileSystemType) {
        this.root = root.toAbsolutePath().normalize();
        this.fileSystemType = fileSystemType;
        this.workspace = new Workspace(this.root);
        this.calibrations = new Calibrations(this.root.resolve("symbols"));
        this.entries = new Entries(this.root.resolve("kernels"), calibrations);
    }

    /**
     * The user's cache, by {@link #root(Map)} of this process's environment, with the remote cache that
     * {@code -Dktstr.remoteCache} or {@code KTSTR_REMOTECACHE} names.
     *
     * @throws KernelException when what they name can be no remote cache
     */
    public static KernelCache standard() {
        return new KernelCache(root(System.getenv())).withRemote(RemoteCaches.ofProcess());
    }

    /** This cache with a second one behind it, from which misses are fetched and into which new entries are put. */
    public KernelCache withRemote(RemoteCache second) {
        KernelCache cache = new KernelCache(root, fileSystemType);
        cache.remote = second;
        return cache;
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

    /** Works in a temporary folder, as {@link Workspace#use(String, Duration, Consumer)}. */
    void inTemporaryFolder(String key, Duration wait, Consumer<Path> work) {
        requireLocal();
        workspace.use(key, wait, work);
    }

    /** The folder of the entries. */
    public Path folder() {
        return entries.folder();
    }

    /**
     * What is in the cache.
     *
     * @param kernels the whole entries, newest version first
     * @param corrupt the entries that cannot be used
     */
    public record Listing(List<CachedKernel> kernels, List<Damaged> corrupt) {
        public Listing {
            kernels = List.copyOf(kernels);
            corrupt = List.copyOf(corrupt);
        }

        /** One line per entry that cannot be used. */
        public List<String> damaged() {
            return corrupt.stream().map(d -> d.key + ": " + d.why).toList();
        }
    }

    /**
     * An entry that cannot be used.
     *
     * @param key its name
     * @param why what is wrong with it
     * @param newer whether it is only that a newer release of ktstr wrote it
     */
    public record Damaged(String key, String why, boolean newer) {}

    /** The whole entries, newest version first; {@link #listing()} tells of damaged ones as well. */
    public List<CachedKernel> list() {
        return listing().kernels();
    }

    /** The whole entries, ready for use, and the damaged. */
    public Listing listing() {
        return listing(Stamp.Check.USE);
    }

    /** As {@link #listing()}, with every file hashed, however lately that was done. */
    public Listing verifiedListing() {
        return listing(Stamp.Check.FULL);
    }

    /** As {@link #listing()}, with nothing hashed but what was touched; for looking, not for booting. */
    public Listing quickListing() {
        return listing(Stamp.Check.TOUCHED);
    }

    private Listing listing(Stamp.Check check) {
        requireLocal();
        return entries.list(check);
    }

    /**
     * Finds an entry by key, version, version prefix or range; of several, the newest.
     *
     * @throws KernelException when {@code keyOrVersion} is none of them, or names an entry that is damaged
     */
    public Optional<CachedKernel> find(String keyOrVersion) {
        requireLocal();
        if (Entries.isKey(keyOrVersion) && Files.isDirectory(entries.at(keyOrVersion))) {
            return Optional.of(entries.use(entries.at(keyOrVersion)));
        }
        KernelSpec spec;
        try {
            spec = KernelSpec.parse(keyOrVersion);
        } catch (IllegalArgumentException e) {
            throw new KernelException(e.getMessage(), e);
        }
        return spec instanceof KernelSpec.CacheKey
                ? fromRemote(keyOrVersion)
                : entries.newest(k -> spec.accepts(k.image().version()));
    }

    /** An entry that only the remote cache has; a version of which it may have several cannot be asked for there. */
    private Optional<CachedKernel> fromRemote(String key) {
        if (remote == RemoteCache.NONE) {
            return Optional.empty();
        }
        Path target = entries.at(key);
        inTemporaryFolder(key, MAKE_WAIT, folder -> {
            Path entry = Folders.make(folder.resolve("entry"));
            if (!Files.exists(target) && remote.fetch(key, entry, LoggerFactory.getLogger(KernelCache.class)::info)) {
                Folders.swapIn(entry, target, folder.resolve("replaced"));
            }
        });
        return Files.exists(target) ? Optional.of(entries.use(target)) : Optional.empty();
    }

    /** The newest entry fetched as {@code source}. */
    public Optional<CachedKernel> newestOf(String source) {
        requireLocal();
        return entries.newest(k -> source.equals(k.source()));
    }

    /**
     * Gets an entry: the one that is there, or a new one. Callers of one key, in this process and others, wait for the one
     * that makes it and then use what it made. A damaged entry is made again; one that a newer release wrote stays, and is
     * refused.
     *
     * @param key name of the entry: letters, digits and {@code . + _ ~ -}, no slash
     * @param maker makes the kernel when there is none; called at most once, by the holder of the key's lock
     * @param listener hears whom we wait for, and what becomes of a damaged entry
     * @throws KernelException when it cannot be made, is no usable kernel, or cannot be written; the cache is unchanged
     */
    public CachedKernel obtain(String key, EntryMaker maker, FetchListener listener) {
        return obtain(key, maker, listener, false);
    }

    /**
     * As {@link #obtain(String, EntryMaker, FetchListener)}.
     *
     * @param anew make it even when there is one, and replace that, in the remote cache too
     */
    public CachedKernel obtain(String key, EntryMaker maker, FetchListener listener, boolean anew) {
        Entries.requireKey(key);
        requireLocal();
        Path target = entries.at(key);
        Optional<CachedKernel> hit = anew ? Optional.empty() : entries.whole(target, line -> {});
        if (hit.isPresent()) {
            return hit.get();
        }
        workspace.use(
                key,
                MAKE_WAIT,
                folder -> {
                    if (anew || entries.whole(target, listener).isEmpty()) {
                        fill(key, target, folder, maker, listener, anew);
                    }
                },
                holder -> listener.progress("waiting for " + holder + ", which makes kernel " + key));
        return entries.use(target);
    }

    private void fill(String key, Path target, Path folder, EntryMaker maker, FetchListener listener, boolean anew) {
        Path entry = Folders.make(folder.resolve("entry"));
        Path aside = folder.resolve("replaced");
        if (!anew && remote.fetch(key, entry, listener)) {
            Folders.swapIn(entry, target, aside);
            return;
        }
        KernelMaterial m = make(key, maker, Folders.make(folder.resolve("work")));
        ImageFolder.write(
                entry,
                new ImageFolder.Material(m.image(), m.vmlinux(), m.config(), true, m.origin(), m.source(), m.commit()));
        Folders.swapIn(entry, target, aside);
        if (remote != RemoteCache.NONE) {
            remote.store(key, target, Folders.make(folder.resolve("remote")), anew, listener);
        }
    }

    private static KernelMaterial make(String key, EntryMaker maker, Path work) {
        try {
            return maker.make(work);
        } catch (IOException e) {
            throw ImageFile.failed("make kernel " + key + " in", work, e);
        }
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
        KernelMaterial material = new KernelMaterial(image, null, config, origin, source, null);
        return obtain(key, work -> material, line -> {}, true);
    }

    /** A lock on a network file system may be none, and a kernel that is booted from it may change under the guest. */
    private synchronized void requireLocal() {
        if (!local) {
            NetworkFileSystems.refuse(root, fileSystemType);
            local = true;
        }
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
        requireLocal();
        KernelImage known =
                new DerivedImages(root.resolve("images"), workspace).describe(image, vmlinux, config, origin, commit);
        return calibrations.completed(known);
    }

    /**
     * Completes a kernel whose image has no symbols, or no BTF, with what it told when it ran.
     *
     * @param btf content of {@code /sys/kernel/btf/vmlinux}; empty when it has none
     * @param kallsyms text of {@code /proc/kallsyms}, as root reads it, booted with {@code nokaslr}
     * @return the kernel with its BTF
     * @throws KernelException when they are not what a kernel says, or cannot be written; nothing is kept then
     */
    public KernelImage complete(KernelImage kernel, byte[] btf, String kallsyms) {
        requireLocal();
        calibrations.of(kernel).keep(btf, kallsyms);
        return calibrations.completed(kernel);
    }

    /** Symbols that the kernel told when it ran, a line {@code ADDRESS TYPE NAME} each; empty when it was not asked yet. */
    public Optional<Path> kallsyms(KernelImage kernel) {
        return calibrations.of(kernel).kallsyms();
    }

    /** Removes an entry, unless somebody is making it; tells whether it is gone. */
    boolean remove(String key) {
        return entries.remove(key, workspace, root.resolve("tmp"));
    }
}
