package dev.ktstr.maven;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelRequirements;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;

/** Lists the kernels in the cache, newest version first; any key or version it prints is good for -Dktstr.kernel. */
@Mojo(name = "kernel-list", requiresProject = false, aggregator = true, threadSafe = true)
public final class KernelListMojo extends AbstractMojo {
    @Override
    public void execute() throws MojoExecutionException {
        KernelCache cache = KernelCache.standard();
        try {
            KernelCache.Listing listing = cache.listing();
            List<CachedKernel> kernels = listing.kernels();
            if (kernels.isEmpty()) {
                getLog().info("no kernel in " + cache.folder() + "; get one with 'mvn ktstr:kernel-fetch'");
            } else {
                table(kernels).forEach(line -> getLog().info(line));
            }
            listing.damaged().forEach(line -> getLog().warn("damaged: " + line));
        } catch (KernelException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    static List<String> table(List<CachedKernel> kernels) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("KEY", "VERSION", "SCHED_EXT", "SHA256", "ORIGIN"));
        for (CachedKernel k : kernels) {
            rows.add(List.of(
                    k.key(),
                    k.image().label(),
                    KernelRequirements.missingForSchedExt(k.image()).isEmpty() ? "yes" : "no",
                    k.image().sha256().substring(0, 12),
                    k.image().origin()));
        }
        return Table.align(rows);
    }
}
