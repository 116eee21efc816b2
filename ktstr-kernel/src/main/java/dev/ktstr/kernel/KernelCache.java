package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.ImageFolder;
import dev.ktstr.kernel.internal.Metadata;
import dev.ktstr.kernel.internal.NetworkFileSystems;
import dev.ktstr.kernel.internal.Stamp;
import dev.ktstr.kernel.internal.Workspace;
import dev.ktstr.kernel.remote.RemoteCaches;
import dev.ktstr.spec.KernelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
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

    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_~-]{0,199}");

    private final Path root;
    private final Function<Path, @Nullable String> fileSystemType;
    private final Workspace workspace;
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
        return root.resolve("kernels");
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
        List<Damaged> damaged = new ArrayList<>();
        List<CachedKernel> kernels = new ArrayList<>();
        for (Path entry : Folders.list(folder())) {
            try {
                kernels.add(open(entry, check));
            } catch (KernelException e) {
                if (Files.exists(entry)) { // else another process has just removed it
                    damaged.add(new Damaged(
                            entry.getFileName().toString(), String.valueOf(e.getMessage()), Metadata.isNewer(entry)));
                }
            }
        }
        kernels.sort(ReleaseOrder.OLDEST_FIRST.reversed());
        return new Listing(kernels, damaged);
    }

    /**
     * Finds an entry by key, version, version prefix or range; of several, the newest.
     *
     * @throws KernelException when {@code keyOrVersion} is none of them, or names an entry that is damaged
     */
    public Optional<CachedKernel> find(String keyOrVersion) {
        requireLocal();
        if (KEY.matcher(keyOrVersion).matches()) {
            Path entry = folder().resolve(keyOrVersion);
            if (Files.isDirectory(entry)) {
                return Optional.of(use(entry));
            }
        }
        KernelSpec spec;
        try {
            spec = KernelSpec.parse(keyOrVersion);
        } catch (IllegalArgumentException e) {
            throw new KernelException(e.getMessage(), e);
        }
        return spec instanceof KernelSpec.CacheKey
                ? fromRemote(keyOrVersion)
                : newest(k -> spec.accepts(k.image().version()));
    }

    /** An entry that only the remote cache has; a version of which it may have several cannot be asked for there. */
    private Optional<CachedKernel> fromRemote(String key) {
        if (remote == RemoteCache.NONE) {
            return Optional.empty();
        }
        Path target = folder().resolve(key);
        inTemporaryFolder(key, MAKE_WAIT, folder -> {
            Path entry = Folders.make(folder.resolve("entry"));
            if (!Files.exists(target) && remote.fetch(key, entry, LOG::info)) {
                Folders.swapIn(entry, target, folder.resolve("replaced"));
            }
        });
        return Files.exists(target) ? Optional.of(use(target)) : Optional.empty();
    }

    /** The newest entry fetched as {@code source}. */
    public Optional<CachedKernel> newestOf(String source) {
        return newest(k -> source.equals(k.source()));
    }

    private Optional<CachedKernel> newest(Predicate<CachedKernel> wanted) {
        return quickListing().kernels().stream().filter(wanted).findFirst().map(k -> use(folder().resolve(k.key())));
    }

    private static CachedKernel use(Path entry) {
        try {
            return open(entry, Stamp.Check.USE);
        } catch (KernelException e) {
            if (Metadata.isNewer(entry)) {
                throw e;
            }
            throw new KernelException(
                    e.getMessage() + ". The entry is not used; 'mvn ktstr:kernel-clean -Dktstr.corruptOnly' removes it,"
                            + " and it can be built or fetched again",
                    e);
        }
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
        requireKey(key);
        requireLocal();
        Path target = folder().resolve(key);
        Optional<CachedKernel> hit = anew ? Optional.empty() : whole(target, line -> {});
        if (hit.isPresent()) {
            return hit.get();
        }
        workspace.use(
                key,
                MAKE_WAIT,
                folder -> {
                    if (anew || whole(target, listener).isEmpty()) {
                        fill(key, target, folder, maker, listener, anew);
                    }
                },
                holder -> listener.progress("waiting for " + holder + ", which makes kernel " + key));
        return use(target);
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

    private Optional<CachedKernel> whole(Path entry, FetchListener listener) {
        if (!Files.exists(entry)) {
            return Optional.empty();
        }
        try {
            return Optional.of(open(entry, Stamp.Check.USE));
        } catch (KernelException e) {
            if (Metadata.isNewer(entry)) {
                throw e; // it is good, only not for us
            }
            listener.progress(
                    "the cache entry " + entry.getFileName() + " cannot be used and is made again: " + e.getMessage());
            return Optional.empty();
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

    private static void requireKey(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new KernelException("'" + key + "' cannot be a cache key: letters, digits and . + _ ~ - only");
        }
    }

    private static CachedKernel open(Path entry, Stamp.Check check) {
        ImageFolder.Content content = ImageFolder.read(entry, null, null, check);
        Metadata m = content.metadata();
        return new CachedKernel(
                entry.getFileName().toString(),
                completed(root(entry), content.image()),
                m.source(),
                m.created(),
                m.compiler(),
                m.configHash());
    }

    private static Path root(Path entry) {
        return entry.resolve("../..").normalize();
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
        return completed(root, known);
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
        symbols(root, kernel).keep(btf, kallsyms);
        return completed(root, kernel);
    }

    /** Symbols that the kernel told when it ran, a line {@code ADDRESS TYPE NAME} each; empty when it was not asked yet. */
    public Optional<Path> kallsyms(KernelImage kernel) {
        return symbols(root, kernel).kallsyms();
    }

    private static KernelSymbols symbols(Path root, KernelImage kernel) {
        return new KernelSymbols(root.resolve("symbols").resolve(kernel.sha256()));
    }

    private static KernelImage completed(Path root, KernelImage k) {
        Path told = k.btf() == null ? symbols(root, k).btf().orElse(null) : null;
        return told == null
                ? k
                : new KernelImage(
                        k.version(),
                        k.label(),
                        k.image(),
                        k.vmlinux(),
                        told,
                        k.config(),
                        k.sha256(),
                        k.origin(),
                        k.commit());
    }

    /** Removes an entry, unless somebody is making it; tells whether it is gone. */
    boolean remove(String key) {
        requireKey(key);
        return workspace.ifFree(key, () -> {
            Path entry = folder().resolve(key);
            // Out of sight in one step, so that nobody finds half an entry.
            Path aside = Folders.makeTemporary(root.resolve("tmp"), key);
            try {
                Files.move(entry, aside.resolve("entry"), StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException e) {
                LOG.debug("{} is gone already", entry);
            } catch (IOException e) {
                throw ImageFile.failed("remove", entry, e);
            } finally {
                Folders.remove(aside);
            }
        });
    }
}
