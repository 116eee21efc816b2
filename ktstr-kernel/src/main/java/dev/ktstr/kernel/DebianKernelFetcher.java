package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Apt;
import dev.ktstr.kernel.internal.AptSource;
import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.KernelPackage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches a ready-made Debian kernel into the cache.
 *
 * <p>Takes the newest {@code linux-image-cloud-amd64} of a suite (unstable: it has sched_ext, the released suites' kernels
 * have not), from the mirror the system is configured for, by {@link Apt} in a folder that is removed afterwards.
 */
public final class DebianKernelFetcher {
    /** The suite to take when none is asked for. */
    public static final String DEFAULT_SUITE = "unstable";

    private static final String ARCHITECTURE = "amd64";
    private static final String META_PACKAGE = "linux-image-cloud-" + ARCHITECTURE;
    private static final Pattern SUITE = Pattern.compile("[a-z][a-z0-9-]{0,60}");
    private static final Pattern VERSIONED = Pattern.compile("linux-(image|binary|base)-(\\d[A-Za-z0-9.+~-]*)");
    private static final Duration OTHER_FETCH = Duration.ofMinutes(30);

    private final KernelCache cache;
    private final Path etcApt;
    private final Path programs;
    private final String suite;
    private final FetchListener listener;
    private final Apt.Patience patience;

    /**
     * A fetcher for this system.
     *
     * @param cache where the kernel goes
     * @param suite Debian suite, {@link #DEFAULT_SUITE}
     */
    public DebianKernelFetcher(KernelCache cache, String suite, FetchListener listener) {
        this(cache, suite, listener, Path.of("/etc/apt"), Path.of("/usr/bin"), Apt.Patience.STANDARD);
    }

    /**
     * A fetcher with everything given.
     *
     * @param etcApt folder of the package sources
     * @param programs folder of apt-get and apt-cache
     * @param patience with the mirror
     */
    DebianKernelFetcher(
            KernelCache cache,
            String suite,
            FetchListener listener,
            Path etcApt,
            Path programs,
            Apt.Patience patience) {
        if (!SUITE.matcher(suite).matches()) {
            throw new KernelException("'" + suite + "' is not the name of a Debian suite, such as unstable or forky");
        }
        this.cache = cache;
        this.suite = suite.equals("sid") ? DEFAULT_SUITE : suite;
        this.listener = listener;
        this.etcApt = etcApt;
        this.programs = programs;
        this.patience = patience;
    }

    /**
     * Fetches the kernel, unless it is already in the cache.
     *
     * @param force fetch the newest even when an earlier one is cached
     * @throws KernelException when there is no apt or no Debian mirror, the network fails, or the packages are not as
     *     expected; the cache is unchanged
     */
    public CachedKernel fetch(boolean force) {
        String source = CacheSource.debian(suite);
        Optional<CachedKernel> cached = cache.newestOf(source);
        if (cached.isPresent() && !force) {
            listener.progress("kernel " + cached.get().key() + " is already in the cache");
            return cached.get();
        }
        if (!Files.isExecutable(programs.resolve("apt-get"))) {
            throw new KernelException("cannot fetch a Debian kernel: there is no " + programs.resolve("apt-get")
                    + "; on another distribution name a kernel of yours with -Dktstr.kernel=...");
        }
        AptSource mirror = AptSource.ofSystem(etcApt);
        AtomicReference<CachedKernel> fetched = new AtomicReference<>();
        cache.inTemporaryFolder("apt", OTHER_FETCH, work -> fetched.set(fetchInto(work, mirror, source, force)));
        return Objects.requireNonNull(fetched.get());
    }

    private CachedKernel fetchInto(Path work, AptSource mirror, String source, boolean force) {
        // Another process may have fetched it while we waited for the lock.
        Optional<CachedKernel> cached = force ? Optional.empty() : cache.newestOf(source);
        if (cached.isPresent()) {
            return cached.get();
        }
        listener.progress("reading the package list of Debian " + suite + " from " + mirror.uri());
        Apt apt = Apt.of(programs, work, mirror, suite, ARCHITECTURE, patience);
        List<String> packages = resolve(apt);
        listener.progress("downloading " + String.join(", ", packages));
        List<Path> downloads = apt.download(packages);
        listener.progress("unpacking");
        KernelPackage kernel = KernelPackage.unpack(downloads, Folders.make(work.resolve("kernel")));
        return cache.store(
                "debian-" + kernel.release(),
                kernel.vmlinuz(),
                kernel.config(),
                "Debian " + suite + ", " + META_PACKAGE,
                source);
    }

    /**
     * The packages that hold kernel and configuration. Since 7.2 linux-image-VERSION only depends on linux-binary-VERSION
     * (the kernel) and linux-base-VERSION (the configuration); before, it had both itself.
     */
    private List<String> resolve(Apt apt) {
        List<String> image = versioned(apt.depends(META_PACKAGE), "image");
        if (image.isEmpty()) {
            throw new KernelException(META_PACKAGE + " of Debian " + suite
                    + " depends on no linux-image-VERSION; its packages are laid out in a way that is not known");
        }
        List<String> further = apt.depends(image.get(0));
        List<String> packages = new ArrayList<>(versioned(further, "binary"));
        packages.addAll(versioned(further, "base"));
        return versioned(further, "binary").isEmpty() ? List.of(image.get(0)) : packages;
    }

    private static List<String> versioned(List<String> packages, String kind) {
        return packages.stream()
                .filter(p -> {
                    Matcher m = VERSIONED.matcher(p);
                    return m.matches() && m.group(1).equals(kind);
                })
                .toList();
    }
}
