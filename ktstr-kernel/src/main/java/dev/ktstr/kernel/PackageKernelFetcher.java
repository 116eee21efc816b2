package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.HttpTransfer;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.KernelPackage;
import dev.ktstr.kernel.internal.Sha256;
import dev.ktstr.kernel.source.Network;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Puts the kernel of a distribution's package, {@code .deb} or {@code .rpm}, local or behind a URL, into the cache. The
 * digests inside the package are checked; signatures are not, so a package from afar is as good as the connection.
 */
public final class PackageKernelFetcher {
    private static final long MAX_PACKAGE = 2L << 30;
    private static final Network NETWORK = new Network(
            Duration.ofSeconds(20), Duration.ofSeconds(60), 5, Duration.ofSeconds(1), Duration.ofMinutes(30));
    private static final Duration OTHER_FETCH = Duration.ofMinutes(40);

    private final KernelCache cache;
    private final Path workingDir;
    private final FetchListener listener;
    private final Network network;

    /**
     * A fetcher.
     *
     * @param workingDir what relative paths start from
     */
    public PackageKernelFetcher(KernelCache cache, Path workingDir, FetchListener listener) {
        this(cache, workingDir, listener, NETWORK);
    }

    /**
     * A fetcher with everything given.
     *
     * @param network how patient to be with a server
     */
    PackageKernelFetcher(KernelCache cache, Path workingDir, FetchListener listener, Network network) {
        this.cache = cache;
        this.workingDir = workingDir;
        this.listener = listener;
        this.network = network;
    }

    /**
     * Fetches the kernel, unless it is already in the cache; a local package that is newer than its entry is unpacked again.
     *
     * @param pathOrUrl a file, or an http or https URL, that ends in {@code .deb} or {@code .rpm}
     * @param force even when it is in the cache
     * @throws KernelException when there is no such package, it is damaged, or has no kernel in it; the cache is unchanged
     */
    public CachedKernel fetch(String pathOrUrl, boolean force) {
        boolean remote = pathOrUrl.contains("://");
        Path local = remote ? null : CacheSource.path(pathOrUrl, workingDir.toAbsolutePath());
        String name = local == null ? pathOrUrl.replaceFirst("[?#].*", "") : local.toString();
        if (!KernelPackage.isOne(name)) {
            throw new KernelException(pathOrUrl + " is no package: its name ends in neither .deb nor .rpm");
        }
        if (local != null && !Files.isRegularFile(local)) {
            throw new KernelException("there is no package " + local);
        }
        String source = CacheSource.packageFile(local == null ? pathOrUrl : local.toString());
        Optional<CachedKernel> cached = force ? Optional.empty() : cache.newestOf(source);
        if (cached.isPresent()
                && (local == null || modified(local).isBefore(cached.get().created()))) {
            listener.progress("kernel " + cached.get().key() + " is already in the cache");
            return cached.get();
        }
        AtomicReference<CachedKernel> fetched = new AtomicReference<>();
        String lock = "package-" + Sha256.of(source).substring(0, 16);
        cache.inTemporaryFolder(lock, OTHER_FETCH, work -> {
            Path file = local == null ? download(pathOrUrl, name, work) : local;
            fetched.set(unpack(file, source, work));
        });
        return Objects.requireNonNull(fetched.get());
    }

    private CachedKernel unpack(Path file, String source, Path work) {
        listener.progress("unpacking " + file.getFileName());
        KernelPackage kernel = KernelPackage.unpack(List.of(file), Folders.make(work.resolve("kernel")));
        String kind = file.toString().endsWith(".rpm") ? "rpm" : "deb";
        return cache.store(
                kind + "-" + kernel.release(),
                kernel.vmlinuz(),
                kernel.config(),
                "package " + file.getFileName(),
                source);
    }

    private Path download(String url, String name, Path work) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new KernelException(url + " is no URL: " + e.getMessage(), e);
        }
        String shown = HttpTransfer.shown(uri);
        listener.progress("downloading " + shown);
        Path to = work.resolve(name.endsWith(".rpm") ? "package.rpm" : "package.deb");
        if (!network.download(uri, to, MAX_PACKAGE, bytes -> {})) {
            throw new KernelException("there is no " + shown + ": its server has no such file");
        }
        return to;
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw ImageFile.failed("look at", file, e);
        }
    }
}
