package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.AptSource;
import dev.ktstr.kernel.internal.Children;
import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.KernelPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches a ready-made Debian kernel into the cache.
 *
 * <p>Takes the newest {@code linux-image-cloud-amd64} of a suite (unstable: it has sched_ext, the released suites' kernels
 * have not), from the mirror the system is configured for. apt does the downloading and the checking of signatures, with
 * sources, lists and cache in a private folder, so the system's own stay as they are; it needs no root. The folder is
 * removed afterwards.
 */
public final class DebianKernelFetcher {
    /** The suite to take when none is asked for. */
    public static final String DEFAULT_SUITE = "unstable";

    private static final String ARCHITECTURE = "amd64";
    private static final String META_PACKAGE = "linux-image-cloud-" + ARCHITECTURE;
    private static final Pattern SUITE = Pattern.compile("[a-z][a-z0-9-]{0,60}");
    private static final Pattern VERSIONED = Pattern.compile("linux-(image|binary|base)-(\\d[A-Za-z0-9.+~-]*)");
    private static final Duration QUERY = Duration.ofMinutes(2);
    private static final Duration OTHER_FETCH = Duration.ofMinutes(30);
    private static final Duration DOWNLOAD = Duration.ofMinutes(15);

    private final KernelCache cache;
    private final Path etcApt;
    private final Path programs;
    private final String suite;
    private final FetchListener listener;

    /**
     * A fetcher for this system.
     *
     * @param cache where the kernel goes
     * @param suite Debian suite, {@link #DEFAULT_SUITE}
     */
    public DebianKernelFetcher(KernelCache cache, String suite, FetchListener listener) {
        this(cache, suite, listener, Path.of("/etc/apt"), Path.of("/usr/bin"));
    }

    /**
     * A fetcher with everything given.
     *
     * @param etcApt folder of the package sources
     * @param programs folder of apt-get and apt-cache
     */
    DebianKernelFetcher(KernelCache cache, String suite, FetchListener listener, Path etcApt, Path programs) {
        if (!SUITE.matcher(suite).matches()) {
            throw new KernelException("'" + suite + "' is not the name of a Debian suite, such as unstable or forky");
        }
        this.cache = cache;
        this.suite = suite.equals("sid") ? DEFAULT_SUITE : suite;
        this.listener = listener;
        this.etcApt = etcApt;
        this.programs = programs;
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
        Path downloads = prepare(work, mirror);
        listener.progress("reading the package list of Debian " + suite + " from " + mirror.uri());
        apt(work, work, "read the package list of " + suite, DOWNLOAD, "apt-get", List.of("-q", "update"));
        List<String> packages = resolve(work);
        listener.progress("downloading " + String.join(", ", packages));
        List<String> download = new ArrayList<>(List.of("-q", "download"));
        download.addAll(packages);
        apt(work, downloads, "download the kernel packages", DOWNLOAD, "apt-get", download);
        listener.progress("unpacking");
        return unpack(work, downloads, source);
    }

    private Path prepare(Path work, AptSource mirror) {
        Folders.make(work.resolve("lists/partial"));
        Folders.make(work.resolve("cache/archives/partial"));
        try {
            Files.writeString(work.resolve("private.sources"), mirror.toDeb822(suite, ARCHITECTURE));
            Files.writeString(work.resolve("status"), "");
        } catch (IOException e) {
            throw ImageFile.failed("write apt's private state in", work, e);
        }
        return Folders.make(work.resolve("downloads"));
    }

    /** Runs apt on the private state. {@code APT::Sandbox::User}: its unprivileged user may not enter our folder. */
    private String apt(Path work, Path folder, String doing, Duration limit, String program, List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(programs.resolve(program).toString()));
        Map<String, String> options = new LinkedHashMap<>();
        options.put("Dir::Etc::sourcelist", work.resolve("private.sources").toString());
        options.put("Dir::Etc::sourceparts", "-");
        options.put("Dir::State", work.toString());
        options.put("Dir::State::lists", work.resolve("lists").toString());
        options.put("Dir::State::status", work.resolve("status").toString());
        options.put("Dir::Cache", work.resolve("cache").toString());
        options.put("Acquire::Languages", "none");
        options.put("Acquire::Retries", "3");
        options.put("APT::Architecture", ARCHITECTURE);
        options.put("APT::Architectures", ARCHITECTURE);
        options.put("APT::Sandbox::User", "root");
        // A list that could not be fetched is only a warning to apt-get update otherwise.
        options.put("APT::Update::Error-Mode", "any");
        options.forEach((name, value) -> argv.addAll(List.of("-o", name + "=" + value)));
        argv.addAll(arguments);
        return Children.run(doing, argv, folder, limit);
    }

    /**
     * The packages that hold kernel and configuration. Since 7.2 linux-image-VERSION only depends on linux-binary-VERSION
     * (the kernel) and linux-base-VERSION (the configuration); before, it had both itself.
     */
    private List<String> resolve(Path work) {
        List<String> image = versioned(depends(work, META_PACKAGE), "image");
        if (image.isEmpty()) {
            throw new KernelException(META_PACKAGE + " of Debian " + suite
                    + " depends on no linux-image-VERSION; its packages are laid out in a way that is not known");
        }
        List<String> further = depends(work, image.get(0));
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

    /** Names of what a package depends on, without versions; the first of each choice. */
    private List<String> depends(Path work, String name) {
        String shown = apt(
                work,
                work,
                "look up " + name + " of " + suite,
                QUERY,
                "apt-cache",
                List.of("show", "--no-all-versions", name));
        List<String> names = new ArrayList<>();
        for (Map<String, String> paragraph : AptSource.paragraphs(shown)) {
            for (String choice : paragraph.getOrDefault("depends", "").split(",", -1)) {
                String first = choice.split("[|(]", 2)[0].strip();
                if (!first.isEmpty()) {
                    names.add(first.split(":", 2)[0]);
                }
            }
        }
        return names;
    }

    private CachedKernel unpack(Path work, Path downloads, String source) {
        KernelPackage kernel = KernelPackage.unpack(Folders.list(downloads), Folders.make(work.resolve("kernel")));
        return cache.store(
                "debian-" + kernel.release(),
                kernel.vmlinuz(),
                kernel.config(),
                "Debian " + suite + ", " + META_PACKAGE,
                source);
    }
}
