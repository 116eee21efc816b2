package dev.ktstr.maven;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.Registry;
import dev.ktstr.run.RunException;
import dev.ktstr.verify.Baseline;
import dev.ktstr.verify.CellResult;
import dev.ktstr.verify.Comparison;
import dev.ktstr.verify.Figures;
import dev.ktstr.verify.Sweep;
import dev.ktstr.verify.SweepJson;
import dev.ktstr.verify.SweepText;
import dev.ktstr.verify.SweepXml;
import dev.ktstr.verify.VerifyException;
import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * Loads every scheduler that the project declares into every kernel in force, on every preset that it takes, and says what the BPF
 * verifier spent on each of its programs. Fails when one is not loaded, does not attach, does not dispatch, or does not end
 * cleanly. Reads the compiled test classes: run by itself, as {@code mvn test-compile ktstr:verify}.
 */
@Mojo(
        name = "verify",
        defaultPhase = LifecyclePhase.VERIFY,
        requiresDependencyResolution = ResolutionScope.TEST,
        threadSafe = true)
public final class VerifyMojo extends KtstrMojo {
    /** The schedulers to load, by name, separated by commas; all without it. */
    @Parameter(property = "ktstr.scheduler")
    private @Nullable String scheduler;

    /** The kernels in force, as for a run: {@code 6.12,7.2}. */
    @Parameter(property = "ktstr.kernel")
    private @Nullable String kernel;

    /** The presets, by name, separated by commas; all that a scheduler takes without it. */
    @Parameter(property = "ktstr.presets")
    private @Nullable String presets;

    /** Show verifier logs as the kernel made them, every round of every loop. */
    @Parameter(property = "ktstr.verifier.raw")
    private @Nullable String raw;

    /** One guest for all schedulers of a kernel and preset, instead of one for each; those with kernel arguments or sysctls keep their own. */
    @Parameter(property = "ktstr.verifier.shareVm")
    private @Nullable String shareVm;

    /**
     * What to compare with: the {@code verifier.json} of another sweep; another program of the scheduler, {@code PATH} or
     * {@code NAME=PATH}; or a commit, which is checked out aside and built with {@code ktstr.verifier.build}.
     */
    @Parameter(property = "ktstr.verifier.against")
    private @Nullable String against;

    /** The command that builds the schedulers of a commit to compare with, run by {@code sh} in the folder of this module. */
    @Parameter(property = "ktstr.verifier.build")
    private @Nullable String build;

    /** Do nothing. {@code -DskipTests} and {@code -DskipITs} do the same. */
    @Parameter(property = "ktstr.verifier.skip")
    private @Nullable String skip;

    /** vCPUs per host CPU above which a preset is skipped. */
    @Parameter(property = "ktstr.maxOvercommit")
    private @Nullable String maxOvercommit;

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    @SuppressWarnings("NullAway.Init")
    private MavenProject project;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        Options given = options();
        if (given.flag("verifier.skip", skip) || isSet("skipTests") || isSet("skipITs")) {
            getLog().info("the verifier sweep is skipped");
            return;
        }
        dev.ktstr.run.Options options = runOptions(given);
        try (URLClassLoader loader = testClasses(project)) {
            sweep(Registry.ofProject(loader), options, given.flag("verifier.raw", raw));
        } catch (RunException | KernelException | VmException | VerifyException | UncheckedIOException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        } catch (IOException e) {
            throw new MojoExecutionException("reading the test classes failed: " + e.getMessage(), e);
        }
    }

    private void sweep(Registry registry, dev.ktstr.run.Options options, boolean asItIs) throws MojoFailureException {
        Path baseDir = project.getBasedir().toPath();
        if (registry.schedulers().isEmpty()) {
            getLog().info("no scheduler is declared, so there is nothing to verify; is the project compiled?"
                    + " By itself this goal is 'mvn test-compile ktstr:verify'");
            return;
        }
        KernelsInForce kernels = KernelsInForce.find(options);
        Sweep sweep = Sweep.of(registry, kernels, options, baseDir);
        if (sweep.cells().isEmpty()) {
            throw new MojoFailureException("no cell to verify: no scheduler with a program takes any of the kernels "
                    + kernels.byLabel().values().stream().map(k -> k.version()).toList()
                    + options.get("presets").map(p -> " on the presets " + p).orElse(""));
        }
        Optional<Baseline> baseline =
                options.get("verifier.against").map(text -> Baseline.of(text, sweep, options, baseDir));
        SweepText text = new SweepText(Terminal.colours(session()), asItIs, Terminal.width());
        Path folder = Path.of(project.getBuild().getDirectory()).resolve("ktstr/verifier");
        Instant startedAt = Instant.now();
        List<CellResult> results = sweep.run(folder, result -> print(text.cell(result)));
        SweepJson.write(folder.resolve("verifier.json"), sweep.commit(), startedAt, results);
        SweepXml.write(folder.resolve("TEST-ktstr-verifier.xml"), startedAt, results);
        try {
            if (baseline.isPresent()) {
                print(List.of("cells to compare with, of "
                        + options.get("verifier.against").orElseThrow() + ":"));
                Figures before = baseline.get().figures(folder.resolve("against"), result -> print(text.cell(result)));
                print(new Comparison(before, Figures.of(sweep.commit(), results)).lines());
            }
        } finally {
            // Last, whatever became of the comparison.
            print(text.summary(results));
            getLog().info("result: " + folder.resolve("verifier.json"));
        }
        Optional<String> failure = text.failure(results);
        if (failure.isPresent()) {
            throw new MojoFailureException(failure.get() + " (all of it above, and in " + folder + ")");
        }
    }

    private void print(List<String> lines) {
        lines.forEach(line -> getLog().info(line));
        getLog().info("");
    }

    private boolean isSet(String property) {
        String value = session().getUserProperties().getProperty(property);
        return value != null && !value.equals("false");
    }

    /** The options of a run: as a run has them, and below them what the POM gives to this goal. */
    private dev.ktstr.run.Options runOptions(Options given) {
        Map<String, @Nullable String> fromPom = new HashMap<>();
        fromPom.put("scheduler", scheduler);
        fromPom.put("kernel", kernel);
        fromPom.put("presets", presets);
        fromPom.put("verifier.shareVm", shareVm);
        fromPom.put("verifier.against", against);
        fromPom.put("verifier.build", build);
        fromPom.put("maxOvercommit", maxOvercommit);
        return new dev.ktstr.run.Options(
                name -> {
                    if (!name.startsWith("ktstr.")) {
                        return session().getUserProperties().getProperty(name);
                    }
                    String option = name.substring("ktstr.".length());
                    // A property of the POM, such as ktstr.scheduler.path, which failsafe is given by name.
                    String property = project.getProperties().getProperty(name);
                    String pom = fromPom.get(option);
                    return given.text(option, pom == null ? property : pom, "");
                },
                System::getenv);
    }
}
