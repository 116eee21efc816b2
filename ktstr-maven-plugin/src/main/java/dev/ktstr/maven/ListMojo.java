package dev.ktstr.maven;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.ktstr.junit.Project;
import dev.ktstr.junit.Wanted;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.RunException;
import dev.ktstr.select.Selection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Execute;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * Lists the variants of the project's tests: which of them a run with the same options takes, which it leaves out or skips,
 * and why. Boots nothing. Compiles the tests first.
 */
@Mojo(name = "list", requiresDependencyResolution = ResolutionScope.TEST, threadSafe = true)
@Execute(phase = LifecyclePhase.TEST_COMPILE)
public final class ListMojo extends KtstrMojo {
    /** How to print: {@code table}, the default, or {@code json}. */
    @Parameter(property = "ktstr.output")
    private @Nullable String output;

    /** File to write the list to, instead of the build's output. */
    @Parameter(property = "ktstr.outputFile")
    private @Nullable String outputFile;

    /** Seconds that the variants to be run may take together. */
    @Parameter(property = "ktstr.budget")
    private @Nullable String budget;

    /** The part of the variants that this job runs, {@code 2/5}. */
    @Parameter(property = "ktstr.shard")
    private @Nullable String shard;

    /** Folder with result files of earlier runs, from which costs are learnt. */
    @Parameter(property = "ktstr.costs")
    private @Nullable String costs;

    /** The kernels in force, as for a run: {@code 6.12,7.2}. */
    @Parameter(property = "ktstr.kernel")
    private @Nullable String kernel;

    /** vCPUs per host CPU above which a preset is skipped. */
    @Parameter(property = "ktstr.maxOvercommit")
    private @Nullable String maxOvercommit;

    /** Tags to be run besides what is run by default: {@code gauntlet}, {@code demo}. */
    @Parameter(property = "ktstr.groups")
    private @Nullable String groups;

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    @SuppressWarnings("NullAway.Init")
    private MavenProject project;

    @Override
    public void execute() throws MojoExecutionException {
        Options given = options();
        String format = given.text("output", output, "table");
        if (!List.of("table", "json").contains(format)) {
            throw new MojoExecutionException("-Dktstr.output is '" + format + "'; it must be table or json");
        }
        dev.ktstr.run.Options options = runOptions(given);
        try (URLClassLoader loader = testClasses(project)) {
            Wanted.requireKnown(options.get("groups"));
            KernelsInForce kernels = KernelsInForce.find(options);
            Path baseDir = project.getBasedir().toPath();
            Selection selection = new Project(loader, kernels, options, baseDir).select(wanted(options));
            print(selection, format, given.text("outputFile", outputFile, ""));
        } catch (RunException | KernelException | UncheckedIOException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new MojoExecutionException("writing the list as JSON failed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new MojoExecutionException(
                    "reading the test classes or writing the list failed: " + e.getMessage(), e);
        }
    }

    private void print(Selection selection, String format, String file) throws IOException {
        boolean json = format.equals("json");
        List<String> lines = json ? List.of(VariantList.json(selection)) : VariantList.table(selection);
        if (!file.isEmpty()) {
            Path target = project.getBasedir().toPath().resolve(file).toAbsolutePath();
            Files.createDirectories(target.resolveSibling(""));
            Path aside = target.resolveSibling("." + target.getFileName() + ".tmp");
            Files.write(aside, lines);
            Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            getLog().info("list written to " + target);
        } else if (json) {
            System.out.println(lines.get(0));
        } else {
            lines.forEach(line -> getLog().info(line));
        }
    }

    /** The options of a run: as a run has them, and below them what the POM gives to this goal. */
    private dev.ktstr.run.Options runOptions(Options given) {
        Map<String, Optional<String>> fromPom = Map.of(
                "ktstr.budget", Optional.ofNullable(budget),
                "ktstr.shard", Optional.ofNullable(shard),
                "ktstr.costs", Optional.ofNullable(costs),
                "ktstr.kernel", Optional.ofNullable(kernel),
                "ktstr.maxOvercommit", Optional.ofNullable(maxOvercommit),
                "ktstr.groups", Optional.ofNullable(groups));
        return new dev.ktstr.run.Options(
                name -> name.startsWith("ktstr.")
                        ? given.text(
                                name.substring("ktstr.".length()),
                                fromPom.getOrDefault(name, Optional.empty()).orElse(null),
                                "")
                        : session().getUserProperties().getProperty(name),
                System::getenv);
    }

    /** What surefire and failsafe would be told: their options of the command line. */
    private Wanted wanted(dev.ktstr.run.Options options) {
        return Wanted.of(property("groups"), property("excludedGroups"), options.get("groups"));
    }

    private Optional<String> property(String name) {
        String value = session()
                .getUserProperties()
                .getProperty(name, project.getProperties().getProperty(name, ""));
        return value.isBlank() ? Optional.empty() : Optional.of(value.strip());
    }
}
