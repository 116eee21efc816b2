package dev.ktstr.maven;

import dev.ktstr.host.BareMetal;
import dev.ktstr.host.CgroupMount;
import dev.ktstr.host.HostException;
import dev.ktstr.host.Leftovers;
import dev.ktstr.kernel.KernelCache;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Ends and removes what a run on bare metal left behind when both its JVM and its agent were killed: cgroups ktstr-PID with all
 * that runs in them. Those of runs that are under way are left alone.
 */
@Mojo(name = "cleanup", requiresProject = false, aggregator = true)
public final class CleanupMojo extends KtstrMojo {
    @Override
    public void execute() throws MojoExecutionException {
        try {
            CgroupMount mount = CgroupMount.find(Path.of("/"), Optional.empty());
            Leftovers leftovers = new Leftovers(mount.mount(), BareMetal.records(KernelCache.root(System.getenv())));
            List<Leftovers.Found> found = leftovers.find();
            if (found.isEmpty()) {
                getLog().info("nothing was left behind below " + mount.mount());
            }
            for (Leftovers.Found one : found) {
                if (one.live().isPresent()) {
                    getLog().info("left alone: " + one.cgroup() + ": "
                            + one.live().get());
                } else {
                    leftovers.remove(one.cgroup());
                    getLog().info("removed " + one.cgroup());
                }
            }
        } catch (HostException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }
}
