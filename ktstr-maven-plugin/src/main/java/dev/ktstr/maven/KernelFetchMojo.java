package dev.ktstr.maven;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.DebianKernelFetcher;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelRequirements;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Fetches a ready-made Debian kernel with sched_ext into the kernel cache, unless it is there already. */
@Mojo(name = "kernel-fetch", requiresProject = false, aggregator = true, threadSafe = true)
public final class KernelFetchMojo extends AbstractMojo {
    /** Fetch the newest kernel even when an earlier one is in the cache. */
    @Parameter(property = "ktstr.force")
    private @Nullable String force;

    /** The Debian suite to take the kernel from; {@code unstable} when not set. */
    @Parameter(property = "ktstr.suite")
    private @Nullable String suite;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    @SuppressWarnings("NullAway.Init")
    private MavenSession session;

    @Override
    public void execute() throws MojoExecutionException {
        Options options = new Options(session.getUserProperties(), System.getenv());
        String from = options.text("suite", suite, DebianKernelFetcher.DEFAULT_SUITE);
        KernelCache cache = KernelCache.standard();
        try {
            CachedKernel kernel = new DebianKernelFetcher(cache, from, line -> getLog().info(line))
                    .fetch(options.flag("force", force));
            KernelRequirements.requireSchedExt(kernel.image());
            getLog().info("kernel " + kernel.image().version() + " is in "
                    + cache.folder().resolve(kernel.key()));
        } catch (KernelException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }
}
