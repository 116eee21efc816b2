package dev.ktstr.maven;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.build.Architecture;
import dev.ktstr.kernel.build.Kconfig;
import dev.ktstr.kernel.source.Network;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Lists the kernels in the cache, newest version first; any key or version it prints is good for -Dktstr.kernel. */
@Mojo(name = "kernel-list", requiresProject = false, aggregator = true, threadSafe = true)
public final class KernelListMojo extends KernelOrgMojo {
    /** {@code table} (the default) or {@code json}, which is printed alone: use it with {@code mvn -q}. */
    @Parameter(property = "ktstr.output")
    private @Nullable String output;

    /** File to write the JSON to, instead of the build's output. */
    @Parameter(property = "ktstr.outputFile")
    private @Nullable String outputFile;

    /** Hash every file of every entry, and not only what was touched. */
    @Parameter(property = "ktstr.verify")
    private @Nullable String verify;

    /** Show what a range, a series or a version stands for on kernel.org, without building anything: {@code 6.12..6.14}. */
    @Parameter(property = "ktstr.range")
    private @Nullable String range;

    @Override
    public void execute() throws MojoExecutionException {
        Options options = options();
        boolean json = Json.isAsked(options.text("output", output, "table"));
        KernelCache cache = KernelCache.standard();
        try {
            String wanted = options.text("range", range, "");
            if (wanted.isEmpty()) {
                list(cache, options.flag("verify", verify), options, json);
            } else {
                preview(cache, wanted, options, json);
            }
        } catch (KernelException | IllegalArgumentException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    private void list(KernelCache cache, boolean everything, Options options, boolean json)
            throws MojoExecutionException {
        KernelCache.Listing listing = everything ? cache.verifiedListing() : cache.quickListing();
        KernelRows rows = new KernelRows(kconfigs(), new KnownReleases(cache, line -> getLog().warn(line)).all());
        if (json) {
            Json.print(rows.values(listing), file(options), line -> getLog().info(line));
            return;
        }
        if (listing.kernels().isEmpty() && listing.corrupt().isEmpty()) {
            getLog().info("no kernel in " + cache.folder()
                    + "; get one with 'mvn ktstr:kernel-fetch' or 'mvn ktstr:kernel-build'");
            return;
        }
        rows.table(listing).forEach(line -> getLog().info(line));
        for (KernelCache.Damaged d : listing.corrupt()) {
            getLog().warn(d.key() + ": " + d.why());
        }
        if (listing.corrupt().stream().anyMatch(d -> !d.newer())) {
            getLog().warn("'mvn ktstr:kernel-clean -Dktstr.corruptOnly' removes what is corrupt");
        }
    }

    private void preview(KernelCache cache, String wanted, Options options, boolean json)
            throws MojoExecutionException {
        KernelPreview preview = new KernelPreview(cache, sites(options), Network.STANDARD, line -> getLog().warn(line));
        if (json) {
            Json.print(preview.values(wanted), file(options), line -> getLog().info(line));
        } else {
            preview.table(wanted).forEach(line -> getLog().info(line));
        }
    }

    private String file(Options options) {
        return options.text("outputFile", outputFile, "");
    }

    /** The configurations that kernel-build makes without further options. */
    private static Set<String> kconfigs() {
        Set<String> hashes = new HashSet<>();
        for (String architecture : List.of("x86_64", "aarch64")) {
            for (Kconfig.Base base : Kconfig.Base.values()) {
                hashes.add(
                        Kconfig.of(Architecture.named(architecture), base, null).hash());
            }
        }
        return hashes;
    }
}
