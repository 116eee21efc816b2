package dev.ktstr.maven;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.kernel.build.Architecture;
import dev.ktstr.kernel.build.BuildOptions;
import dev.ktstr.kernel.build.BuiltKernel;
import dev.ktstr.kernel.build.Compiler;
import dev.ktstr.kernel.build.Kconfig;
import dev.ktstr.kernel.build.KernelBuilder;
import dev.ktstr.kernel.source.KernelOrg;
import dev.ktstr.kernel.source.KernelSource;
import dev.ktstr.kernel.source.KernelSources;
import dev.ktstr.kernel.source.Network;
import dev.ktstr.spec.KernelSpec;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Builds kernels from sources and puts them into the kernel cache, unless they are there already. */
@Mojo(name = "kernel-build", requiresProject = false, aggregator = true, threadSafe = true)
public final class KernelBuildMojo extends KernelOrgMojo {
    /**
     * What to build: versions, prefixes, ranges, paths of source trees, git repositories, separated by commas. Without it,
     * the newest stable series with at least 8 point releases.
     */
    @Parameter(property = "ktstr.kernel")
    private @Nullable String kernel;

    /** What the configuration starts from: {@code tinyconfig} (the default, minutes) or {@code defconfig}. */
    @Parameter(property = "ktstr.kconfig.base")
    private @Nullable String kconfigBase;

    /** A file of options on top of ours. One that does not survive fails the build before it starts. */
    @Parameter(property = "ktstr.kconfig.extra")
    private @Nullable String kconfigExtra;

    /** Build even what is in the cache. */
    @Parameter(property = "ktstr.force")
    private @Nullable String force;

    /** Throw away the objects of an earlier build of the same tree. */
    @Parameter(property = "ktstr.clean")
    private @Nullable String clean;

    /** How many compilers run at a time; as many as this process may use CPUs without it. */
    @Parameter(property = "ktstr.jobs")
    private @Nullable String jobs;

    /** {@code gcc} (the default) or {@code clang}, also with a version: {@code clang-19}. */
    @Parameter(property = "ktstr.compiler")
    private @Nullable String compiler;

    /** The program pahole, where it is not the one on the search path: kernels from 7.0 on need 1.26. */
    @Parameter(property = "ktstr.pahole")
    private @Nullable String pahole;

    /** {@code x86_64} or {@code aarch64}; this machine's without it. */
    @Parameter(property = "ktstr.arch")
    private @Nullable String arch;

    /** Write {@code compile_commands.json} into local source trees, for editors. */
    @Parameter(property = "ktstr.compileCommands")
    private @Nullable String compileCommands;

    @Override
    public void execute() throws MojoExecutionException {
        Options options = options();
        KernelCache cache = KernelCache.standard();
        ProgressLog progress =
                new ProgressLog(line -> getLog().info(line), line -> getLog().warn(line), terminal(), System::nanoTime);
        try {
            BuildOptions how = how(options);
            List<String> specs = new ArrayList<>();
            for (KernelSource source : sources(options, cache)) {
                BuiltKernel built = new KernelBuilder(cache, progress).build(source, how);
                tell(built);
                if (built.image() != null) {
                    specs.add(built.spec());
                }
            }
            if (!specs.isEmpty()) {
                getLog().info("run tests on it with: mvn verify -Dktstr.kernel=" + String.join(",", specs));
            }
        } catch (KernelException | IllegalArgumentException e) {
            progress.endLine();
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    private BuildOptions how(Options options) {
        Architecture host = Architecture.ofHost();
        Architecture target = Architecture.named(options.text("arch", arch, host.label()));
        String extra = options.text("kconfig.extra", kconfigExtra, "");
        Kconfig kconfig = Kconfig.of(
                target,
                Kconfig.Base.named(options.text("kconfig.base", kconfigBase, "tinyconfig")),
                extra.isEmpty() ? null : Path.of(extra).toAbsolutePath());
        return new BuildOptions(
                kconfig,
                Compiler.named(options.text("compiler", compiler, "gcc"), target, host),
                program(options.text("pahole", pahole, BuildOptions.PAHOLE)),
                jobs(options),
                options.flag("force", force),
                options.flag("clean", clean),
                options.flag("compileCommands", compileCommands),
                BuildOptions.STANDARD_LIMIT);
    }

    /** A path is relative to where Maven was started, and make runs elsewhere. */
    private static String program(String text) {
        return text.contains("/") ? Path.of(text).toAbsolutePath().normalize().toString() : text;
    }

    private int jobs(Options options) {
        String given =
                options.text("jobs", jobs, Integer.toString(Runtime.getRuntime().availableProcessors()));
        if (!given.matches("[1-9]\\d{0,3}")) {
            throw new KernelException("-Dktstr.jobs is '" + given + "'; it must be a number from 1 to 9999");
        }
        return Integer.parseInt(given);
    }

    private List<KernelSource> sources(Options options, KernelCache cache) {
        String text = options.text("kernel", kernel, "");
        List<KernelSpec> specs = text.isEmpty() ? List.of() : KernelSpec.parseList(text);
        Path downloads = cache.folder().resolveSibling("downloads");
        return new KernelSources(
                        new KernelOrg(sites(options), Network.STANDARD), Network.STANDARD, downloads, Path.of(""))
                .of(specs);
    }

    private void tell(BuiltKernel built) {
        if (built.log() != null) {
            getLog().info("log of the build: " + built.log());
        }
        if (built.image() == null) {
            getLog().info("kernel: " + built.spec());
            return;
        }
        getLog().info("kernel " + built.image().version() + ": "
                + built.image().image().getParent());
        List<String> missing = KernelRequirements.missingForSchedExt(built.image());
        if (!missing.isEmpty()) {
            getLog().warn("it cannot run sched_ext schedulers: " + String.join("; ", missing));
        }
    }

    /** Standard output, when a person looks at it. */
    private @Nullable PrintStream terminal() {
        return Terminal.watched(session()) ? System.out : null;
    }
}
