package dev.ktstr.maven;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.source.KernelOrg;
import java.net.URI;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** What the goals that ask kernel.org have in common: its addresses, which may be those of a mirror. */
abstract class KernelOrgMojo extends KtstrMojo {
    /** Address of kernel.org's {@code releases.json}. */
    @Parameter(property = "ktstr.kernel.releases")
    private @Nullable String kernelReleases;

    /** Address that {@code v6.x/linux-6.14.2.tar.xz} is relative to. */
    @Parameter(property = "ktstr.kernel.mirror")
    private @Nullable String kernelMirror;

    /** Address that {@code linux-6.15-rc3.tar.gz} is relative to. */
    @Parameter(property = "ktstr.kernel.candidates")
    private @Nullable String kernelCandidates;

    /**
     * The addresses that are given, and the real ones for the rest.
     *
     * @throws KernelException when one is no address
     */
    final KernelOrg.Sites sites(Options options) {
        KernelOrg.Sites standard = KernelOrg.Sites.STANDARD;
        return new KernelOrg.Sites(
                address(options, "kernel.releases", kernelReleases, standard.releases()),
                address(options, "kernel.mirror", kernelMirror, standard.mirror()),
                address(options, "kernel.candidates", kernelCandidates, standard.candidates()));
    }

    private static URI address(Options options, String name, @Nullable String fromPom, URI standard) {
        String text = options.text(name, fromPom, standard.toString());
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new KernelException(
                    "-Dktstr." + name + " is '" + text + "', which is no address: " + e.getMessage(), e);
        }
    }
}
