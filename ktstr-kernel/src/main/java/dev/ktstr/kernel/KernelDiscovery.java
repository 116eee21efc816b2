package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Children;
import dev.ktstr.spec.KernelSpec;
import dev.ktstr.spec.KernelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the kernel of a run.
 *
 * <p>In this order: the one that was asked for; the newest of the cache; a build tree in {@code ./linux} or
 * {@code ../linux}; the host's own kernel, if it can run sched_ext schedulers. What was asked for is never replaced by
 * something else: when it is not there, that is an error.
 */
public final class KernelDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(KernelDiscovery.class);
    private static final Duration GIT_LIMIT = Duration.ofSeconds(10);
    private static final String CURE =
            "Get one with 'mvn ktstr:kernel-fetch' or 'mvn ktstr:kernel-build', or name one with "
                    + "-Dktstr.kernel=PATH|VERSION|KEY";

    private final KernelCache cache;
    private final Path workingDir;
    private final Path hostRoot;
    private final @Nullable String hostRelease;
    private final @Nullable String asked;
    private final String askedBy;

    /**
     * A discovery with everything given.
     *
     * @param cache cached kernels, and the place for what is derived from others
     * @param workingDir what relative paths, {@code ./linux} included, start from
     * @param hostRoot root folder of the host, {@code /}
     * @param hostRelease release of the host's kernel, or null when it is not to be considered
     * @param asked kernel spec in force when {@link #find} gets none; or null
     * @param askedBy where {@code asked} comes from, {@code -Dktstr.kernel}
     */
    public KernelDiscovery(
            KernelCache cache,
            Path workingDir,
            Path hostRoot,
            @Nullable String hostRelease,
            @Nullable String asked,
            String askedBy) {
        this.cache = cache;
        this.workingDir = workingDir.toAbsolutePath().normalize();
        this.hostRoot = hostRoot;
        this.hostRelease = hostRelease;
        this.asked = asked;
        this.askedBy = askedBy;
    }

    /** A discovery by this process's system properties, environment and working directory. */
    public static KernelDiscovery standard() {
        String property = System.getProperty("ktstr.kernel", "").strip();
        String variable = System.getenv().getOrDefault("KTSTR_KERNEL", "").strip();
        String asked = property.isEmpty() ? variable : property;
        return new KernelDiscovery(
                KernelCache.standard(),
                Path.of(""),
                Path.of("/"),
                runningRelease(),
                asked.isEmpty() ? null : asked,
                property.isEmpty() ? "KTSTR_KERNEL" : "-Dktstr.kernel");
    }

    private static @Nullable String runningRelease() {
        Path file = Path.of("/proc/sys/kernel/osrelease");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            LOG.warn("cannot read {}: {}; the host's own kernel is not considered", file, e.getMessage());
            return null;
        }
    }

    /**
     * Finds one kernel.
     *
     * @param spec what is asked for, which wins over the property and the variable; null for whatever is in force
     * @throws KernelException when there is none (naming everything looked at), when the one asked for is unusable, or when
     *     several are asked for
     */
    public KernelImage find(@Nullable String spec) {
        List<KernelImage> found = findAll(spec);
        if (found.size() > 1) {
            String asks = spec != null ? spec : asked + "' (from " + askedBy + ") '";
            throw new KernelException("'" + asks + "' names " + found.size() + " kernels ("
                    + String.join(", ", found.stream().map(KernelImage::version).toList())
                    + "), and one is wanted here; name one of them");
        }
        return found.get(0);
    }

    /**
     * Finds every kernel of a list of specs.
     *
     * @param specs specs separated by commas, which win over the property and the variable; null for whatever is in force
     * @return at least one, in the order asked for; a range gives the newest of each series that is in the cache, oldest
     *     first. A kernel that two specs name is there once.
     * @throws KernelException when one of the specs names no kernel that is there, or an unusable one
     */
    public List<KernelImage> findAll(@Nullable String specs) {
        if (specs == null && asked == null) {
            return List.of(automatic());
        }
        String text = specs != null ? specs : String.valueOf(asked);
        String from = specs != null ? "" : " (from " + askedBy + ")";
        try {
            return findAll(KernelSpec.parseList(text), from);
        } catch (IllegalArgumentException e) {
            throw new KernelException(e.getMessage() + from, e);
        }
    }

    /** As {@link #findAll(String)}, for specs that are parsed already. */
    public List<KernelImage> findAll(List<KernelSpec> specs) {
        return findAll(specs, "");
    }

    private List<KernelImage> findAll(List<KernelSpec> specs, String from) {
        Map<Path, KernelImage> found = new LinkedHashMap<>();
        for (KernelSpec spec : specs) {
            explicit(spec, from).forEach(image -> found.putIfAbsent(image.image(), image));
        }
        return List.copyOf(found.values());
    }

    private List<KernelImage> explicit(KernelSpec spec, String from) {
        if (spec instanceof KernelSpec.PathSpec) {
            return List.of(fromPath(spec.text(), from));
        }
        if (spec instanceof KernelSpec.Host) {
            return List.of(host(from));
        }
        if (spec instanceof KernelSpec.Range range) {
            return inRange(range, from);
        }
        String source = CacheSource.of(spec, workingDir);
        Optional<CachedKernel> cached = source == null ? cache.find(spec.text()) : cache.newestOf(source);
        return List.of(cached.map(CachedKernel::image).orElseThrow(() -> notCached(spec, from)));
    }

    /** The newest of each series; the listing is newest first. */
    private List<KernelImage> inRange(KernelSpec.Range range, String from) {
        Map<String, KernelImage> newest = new LinkedHashMap<>();
        for (CachedKernel k : cache.list()) {
            String release = k.image().version();
            if (range.accepts(release)) {
                newest.putIfAbsent(KernelVersion.leading(release).orElseThrow().series(), k.image());
            }
        }
        if (newest.isEmpty()) {
            throw notCached(range, from);
        }
        List<KernelImage> oldestFirst = new ArrayList<>(newest.values());
        Collections.reverse(oldestFirst);
        return oldestFirst;
    }

    private KernelImage host(String from) {
        List<String> looked = new ArrayList<>();
        KernelImage host = fromHost(looked);
        if (host == null) {
            throw new KernelException("'host'" + from + " cannot be used: " + String.join("; ", looked) + ". " + CURE);
        }
        return host;
    }

    private KernelException notCached(KernelSpec spec, String from) {
        List<String> keys =
                cache.list().stream().map(KernelDiscovery::keyAndVersion).toList();
        String have = keys.isEmpty() ? "the cache is empty" : "it has " + String.join(", ", keys);
        String hint = spec instanceof KernelSpec.CacheKey && Files.exists(workingDir.resolve(spec.text()))
                ? " There is a file of that name here: write ./" + spec.text() + " to use it."
                : "";
        return new KernelException("no kernel '" + spec.text() + "'" + from + " in the cache " + cache.folder() + ": "
                + have + "." + hint + " " + cure(spec));
    }

    /** The key of a local build does not say the version. */
    private static String keyAndVersion(CachedKernel kernel) {
        String label = kernel.image().label();
        return kernel.key().contains(label) ? kernel.key() : kernel.key() + " (" + label + ")";
    }

    private static String cure(KernelSpec spec) {
        if (spec instanceof KernelSpec.CacheKey) {
            return CURE;
        }
        boolean ready = spec instanceof KernelSpec.Distribution || spec instanceof KernelSpec.PackageFile;
        return "Get it with 'mvn ktstr:kernel-" + (ready ? "fetch" : "build") + " -Dktstr.kernel=" + spec.text() + "'";
    }

    private KernelImage fromPath(String text, String from) {
        Path path = CacheSource.path(text, workingDir);
        if (!Files.exists(path)) {
            throw new KernelException("no kernel at " + path + from + ": it does not exist. " + CURE);
        }
        if (!Files.isDirectory(path)) {
            return cache.describe(path, null, configBeside(path), "image " + path, null);
        }
        KernelImage image = fromTree(path);
        if (image == null) {
            String build = Files.isRegularFile(path.resolve("Kbuild"))
                    ? "build it with 'mvn ktstr:kernel-build -Dktstr.kernel=" + text
                            + "', which prints what to name then"
                    : "and it is no kernel source tree. " + CURE;
            throw new KernelException("no kernel in the build tree " + path + from + ": it has neither "
                    + BuildTree.VMLINUX + " nor " + BuildTree.BZ_IMAGE + "; " + build);
        }
        return image;
    }

    private KernelImage automatic() {
        List<String> looked = new ArrayList<>();
        looked.add("-Dktstr.kernel and KTSTR_KERNEL: not set");
        KernelCache.Listing listing = cache.listing();
        List<CachedKernel> cached = listing.kernels();
        for (String damaged : listing.damaged()) {
            LOG.warn("damaged kernel cache entry passed over: {}", damaged);
            looked.add("damaged cache entry " + damaged);
        }
        if (!cached.isEmpty()) {
            return cached.get(0).image();
        }
        looked.add("cache " + cache.folder() + ": no entry");
        for (String name : List.of("linux", "../linux")) {
            Path tree = workingDir.resolve(name).normalize();
            KernelImage image = Files.isDirectory(tree) ? fromTree(tree) : null;
            if (image != null) {
                return image;
            }
            looked.add("build tree " + tree + ": " + (Files.isDirectory(tree) ? "not built" : "not there"));
        }
        KernelImage host = fromHost(looked);
        if (host != null) {
            return host;
        }
        throw new KernelException("no kernel found. " + CURE + ". Looked at:\n  " + String.join("\n  ", looked));
    }

    private @Nullable KernelImage fromTree(Path top) {
        BuildTree tree = BuildTree.read(top);
        if (tree == null) {
            return null;
        }
        return cache.describe(tree.image(), tree.vmlinux(), tree.config(), "build tree " + top, commit(top));
    }

    /** The head commit of a tree; null outside git, or where git cannot or will not tell. */
    private static @Nullable String commit(Path tree) {
        if (!Files.exists(tree.resolve(".git"))) {
            return null;
        }
        try {
            Children.Result r = Children.attempt(
                    "read the commit of " + tree,
                    List.of("git", "-C", tree.toString(), "rev-parse", "HEAD"),
                    tree,
                    GIT_LIMIT);
            String head = r.out().strip();
            if (r.exit() == 0 && head.matches("[0-9a-f]{40,64}")) {
                return head;
            }
            LOG.warn("git does not tell the commit of {}: {}", tree, r.err().strip());
        } catch (KernelException e) {
            LOG.warn("{}", e.getMessage());
        }
        return null;
    }

    private @Nullable KernelImage fromHost(List<String> looked) {
        if (hostRelease == null) {
            looked.add("the host's own kernel: its release is not known");
            return null;
        }
        for (String name : List.of("boot/vmlinuz-" + hostRelease, "lib/modules/" + hostRelease + "/vmlinuz")) {
            Path image = hostRoot.resolve(name);
            if (!Files.exists(image)) {
                looked.add("the host's own kernel " + image + ": not there");
                continue;
            }
            try {
                KernelImage kernel = cache.describe(image, null, configBeside(image), "the host's own kernel", null);
                List<String> missing = KernelRequirements.missingForSchedExt(kernel);
                if (missing.isEmpty()) {
                    return kernel;
                }
                looked.add("the host's own kernel " + image + ": " + String.join("; ", missing));
            } catch (KernelException e) {
                looked.add("the host's own kernel: " + e.getMessage());
            }
        }
        return null;
    }

    /** {@code config-X} for {@code vmlinuz-X}, or {@code config} for {@code vmlinuz}, in the same folder. */
    private static @Nullable Path configBeside(Path image) {
        String name = image.getFileName().toString();
        if (!name.startsWith("vmlinuz") && !name.startsWith("vmlinux")) {
            return null;
        }
        Path config = image.resolveSibling("config" + name.substring("vmlinuz".length()));
        return Files.isReadable(config) ? config : null;
    }
}
