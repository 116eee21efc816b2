package dev.ktstr.maven;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.DebianKernelFetcher;
import dev.ktstr.kernel.FetchListener;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.kernel.PackageKernelFetcher;
import dev.ktstr.spec.KernelSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Fetches ready-made kernels into the kernel cache, unless they are there already: Debian's, or those of a package. */
@Mojo(name = "kernel-fetch", requiresProject = false, aggregator = true, threadSafe = true)
public final class KernelFetchMojo extends KtstrMojo {
    /**
     * What to fetch, separated by commas: {@code distro}, {@code debian:SUITE} (also {@code debian:trixie-backports}), or a
     * {@code .deb} or {@code .rpm} package, as a file or as a URL. {@code distro} when not set.
     */
    @Parameter(property = "ktstr.kernel")
    private @Nullable String kernel;

    /** Fetch the newest kernel even when an earlier one is in the cache. */
    @Parameter(property = "ktstr.force")
    private @Nullable String force;

    /** The Debian suite to take the kernel from when none is named; {@code unstable} when not set. */
    @Parameter(property = "ktstr.suite")
    private @Nullable String suite;

    @Override
    public void execute() throws MojoExecutionException {
        Options options = options();
        KernelCache cache = KernelCache.standard();
        try {
            for (KernelSpec spec : specs(options)) {
                CachedKernel fetched = fetch(spec, cache, options);
                List<String> missing = KernelRequirements.missingForSchedExt(fetched.image());
                getLog().info("kernel " + fetched.image().version() + " is in "
                        + cache.folder().resolve(fetched.key()));
                if (!missing.isEmpty()) {
                    getLog().warn("it cannot run sched_ext schedulers: " + String.join("; ", missing));
                }
            }
        } catch (KernelException | IllegalArgumentException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    /** Only what was asked of this goal: a KTSTR_KERNEL in the environment is what tests run on, and may be anything. */
    private List<KernelSpec> specs(Options options) {
        String asked = new Options(options.commandLine(), Map.of()).text("kernel", kernel, "distro");
        return KernelSpec.parseList(asked);
    }

    private CachedKernel fetch(KernelSpec spec, KernelCache cache, Options options) {
        FetchListener listener = line -> getLog().info(line);
        boolean anew = options.flag("force", force);
        if (spec instanceof KernelSpec.Distribution d) {
            String from = d.suite().orElseGet(() -> options.text("suite", suite, DebianKernelFetcher.DEFAULT_SUITE));
            return new DebianKernelFetcher(cache, from, listener).fetch(anew);
        }
        if (spec instanceof KernelSpec.PackageFile file) {
            return new PackageKernelFetcher(cache, Path.of(""), listener).fetch(file.text(), anew);
        }
        throw new KernelException("'" + spec.text() + "' names nothing that can be fetched ready-made: distro,"
                + " debian:SUITE, or a .deb or .rpm package can be. Versions, ranges, source trees and git repositories are"
                + " built, with 'mvn ktstr:kernel-build -Dktstr.kernel=" + spec.text() + "'");
    }
}
