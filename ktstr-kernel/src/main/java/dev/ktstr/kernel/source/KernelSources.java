package dev.ktstr.kernel.source;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.spec.KernelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the sources that specs name. */
public final class KernelSources {
    private final KernelOrg kernelOrg;
    private final Network network;
    private final Path downloads;
    private final Path workingDir;

    /**
     * @param downloads where tarballs are kept
     * @param workingDir what relative paths start from
     */
    public KernelSources(KernelOrg kernelOrg, Network network, Path downloads, Path workingDir) {
        this.kernelOrg = kernelOrg;
        this.network = network;
        this.downloads = downloads;
        this.workingDir = workingDir.toAbsolutePath().normalize();
    }

    /**
     * The sources of each spec in turn; the newest stable series that has settled when there is no spec.
     *
     * @throws KernelException when a spec names no sources; the message says what to do instead
     */
    public List<KernelSource> of(List<KernelSpec> specs) {
        List<KernelSource> sources = new ArrayList<>();
        if (specs.isEmpty()) {
            sources.add(tarball(kernelOrg.settled()));
        }
        for (KernelSpec spec : specs) {
            sources.addAll(of(spec));
        }
        return sources;
    }

    private List<KernelSource> of(KernelSpec spec) {
        if (spec instanceof KernelSpec.PathSpec path) {
            return List.of(new LocalSource(expanded(path.text())));
        }
        if (spec instanceof KernelSpec.Git git) {
            return List.of(new GitSource(git, workingDir));
        }
        if (spec instanceof KernelSpec.Version
                || spec instanceof KernelSpec.VersionPrefix
                || spec instanceof KernelSpec.Range) {
            return kernelOrg.resolve(spec).stream().map(this::tarball).toList();
        }
        throw new KernelException(
                "'" + spec.text() + "' names a kernel that is there or can be had ready-made, not sources to "
                        + "build: a version, a range, a source tree or a git repository. "
                        + (spec instanceof KernelSpec.Host || spec instanceof KernelSpec.CacheKey
                                ? "Name it when you run tests"
                                : "Get it with 'mvn ktstr:kernel-fetch -Dktstr.kernel=" + spec.text() + "'"));
    }

    private KernelSource tarball(KernelOrg.Tarball tarball) {
        return new TarballSource(tarball, network, downloads);
    }

    private Path expanded(String text) {
        boolean home = text.equals("~") || text.startsWith("~/");
        return workingDir.resolve(home ? System.getProperty("user.home") + text.substring(1) : text);
    }
}
