package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Children;
import dev.ktstr.spec.KernelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
            "Get one with 'mvn ktstr:kernel-fetch', or name one with -Dktstr.kernel=PATH|VERSION|KEY";

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
     * Finds a kernel.
     *
     * @param spec what is asked for, which wins over the property and the variable; null for whatever is in force
     * @throws KernelException when there is none (naming everything looked at), or the one asked for is unusable
     */
    public KernelImage find(@Nullable String spec) {
        if (spec != null) {
            return explicit(spec, "");
        }
        return asked != null ? explicit(asked, " (from " + askedBy + ")") : automatic();
    }

    private KernelImage explicit(String text, String from) {
        KernelSpec spec;
        try {
            spec = KernelSpec.parse(text);
        } catch (IllegalArgumentException e) {
            throw new KernelException(e.getMessage() + from, e);
        }
        if (spec instanceof KernelSpec.PathSpec) {
            return fromPath(text, from);
        }
        return cache.find(text).map(CachedKernel::image).orElseThrow(() -> notCached(spec, from));
    }

    private KernelException notCached(KernelSpec spec, String from) {
        List<String> keys = cache.list().stream().map(CachedKernel::key).toList();
        String have = keys.isEmpty() ? "the cache is empty" : "it has " + String.join(", ", keys);
        String hint = Files.exists(workingDir.resolve(spec.text()))
                ? " There is a file of that name here: write ./" + spec.text() + " to use it."
                : "";
        return new KernelException("no kernel '" + spec.text() + "'" + from + " in the cache " + cache.folder() + ": "
                + have + "." + hint + " " + CURE);
    }

    private KernelImage fromPath(String text, String from) {
        String expanded = text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text;
        Path path = workingDir.resolve(expanded).normalize();
        if (!Files.exists(path)) {
            throw new KernelException("no kernel at " + path + from + ": it does not exist. " + CURE);
        }
        if (!Files.isDirectory(path)) {
            return cache.describe(path, null, configBeside(path), "image " + path, null);
        }
        KernelImage image = fromTree(path);
        if (image == null) {
            throw new KernelException("no kernel in the build tree " + path + from + ": it has neither "
                    + BuildTree.VMLINUX + " nor " + BuildTree.BZ_IMAGE + "; build it with 'make bzImage'. " + CURE);
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

    /**
     * A kernel build tree (source tree, or the {@code O=} folder of one) that has been built.
     *
     * @param image bzImage, or vmlinux when there is no bzImage or it is older (only vmlinux was built since)
     * @param vmlinux the ELF, or null when only the bzImage is left
     */
    private record BuildTree(
            Path image, @Nullable Path vmlinux, @Nullable Path config) {
        static final String VMLINUX = "vmlinux";
        static final String BZ_IMAGE = "arch/x86/boot/bzImage";

        static @Nullable BuildTree read(Path top) {
            Path vmlinux = top.resolve(VMLINUX);
            Path bzImage = top.resolve(BZ_IMAGE);
            Path config = top.resolve(".config");
            Path knownConfig = Files.isReadable(config) ? config : null;
            boolean hasVmlinux = Files.isRegularFile(vmlinux);
            boolean hasBzImage = Files.isRegularFile(bzImage);
            if (!hasVmlinux) {
                return hasBzImage ? new BuildTree(bzImage, null, knownConfig) : null;
            }
            // A build links vmlinux first and packs it into bzImage after.
            boolean packed = hasBzImage && modified(bzImage).compareTo(modified(vmlinux)) >= 0;
            return new BuildTree(packed ? bzImage : vmlinux, vmlinux, knownConfig);
        }

        private static FileTime modified(Path file) {
            try {
                return Files.getLastModifiedTime(file);
            } catch (IOException e) {
                throw new KernelException("cannot look at " + file + ": " + e.getMessage(), e);
            }
        }
    }
}
