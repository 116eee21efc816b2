package dev.ktstr.maven;

import dev.ktstr.host.BareMetal;
import dev.ktstr.host.HostException;
import dev.ktstr.host.HostFacts;
import dev.ktstr.host.HostReport;
import dev.ktstr.host.HostResult;
import dev.ktstr.host.HostSettings;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.RunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios of the catalogue on this host itself: no VM, the real topology, whatever scheduler is active. Everything that it
 * starts is in a cgroup of its own, ktstr-PID, and gone afterwards, also after Ctrl-C. Fails when a scenario fails.
 */
@Mojo(name = "run", requiresProject = false, aggregator = true)
public final class RunMojo extends KtstrMojo {
    /** Names and globs of scenarios, comma-separated: {@code steady,cpuset/*}. All by default. */
    @Parameter(property = "ktstr.filter")
    private @Nullable String filter;

    /** Seconds that each scenario runs; 5 by default. */
    @Parameter(property = "ktstr.duration")
    private @Nullable String duration;

    /** Workers of a cgroup whose scenario names no count; 2 by default. */
    @Parameter(property = "ktstr.workers")
    private @Nullable String workers;

    /** Work type in the place of work that is marked swappable: {@code FutexPingPong}. */
    @Parameter(property = "ktstr.workType")
    private @Nullable String workType;

    /** Seed of whatever is random in a scenario. */
    @Parameter(property = "ktstr.seed")
    private @Nullable String seed;

    /** How to print: {@code table}, the default, or {@code json}. */
    @Parameter(property = "ktstr.output")
    private @Nullable String output;

    /** File to write the JSON to, instead of the build's output. */
    @Parameter(property = "ktstr.outputFile")
    private @Nullable String outputFile;

    /** Cgroup below which the run's is made: an empty one that systemd delegated, for runs without root. */
    @Parameter(property = "ktstr.host.cgroup")
    private @Nullable String hostCgroup;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        Options given = options();
        String format = given.text("output", output, "table");
        if (!List.of("table", "json").contains(format)) {
            throw new MojoExecutionException("-Dktstr.output is '" + format + "'; it must be table or json");
        }
        try {
            HostSettings settings = HostSettings.of(runOptions(given));
            HostFacts host = HostFacts.read();
            getLog().info("this host: " + host.line());
            List<HostResult> results = new BareMetal(settings, host, KernelCache.root(System.getenv()))
                    .run(result -> getLog().info(result.verdict() + " " + result.scenario()));
            print(host, settings, results, format, given.text("outputFile", outputFile, ""));
            long failed =
                    results.stream().filter(r -> r.verdict() == Verdict.FAIL).count();
            if (failed > 0) {
                throw new MojoFailureException(
                        failed + " of " + results.size() + " scenarios failed; the reasons are above");
            }
        } catch (HostException | RunException | IllegalArgumentException | UncheckedIOException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        } catch (IOException e) {
            throw new MojoExecutionException("writing the report failed: " + e.getMessage(), e);
        }
    }

    private void print(HostFacts host, HostSettings settings, List<HostResult> results, String format, String file)
            throws IOException {
        String json = format.equals("json") || !file.isEmpty() ? HostReport.json(host, settings, results) : "";
        if (!file.isEmpty()) {
            Path target = Path.of(file).toAbsolutePath();
            Files.createDirectories(target.resolveSibling(""));
            Path aside = target.resolveSibling("." + target.getFileName() + ".tmp");
            Files.writeString(aside, json + "\n");
            Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            getLog().info("report written to " + target);
        } else if (format.equals("json")) {
            System.out.println(json);
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(HostReport.head());
        results.forEach(result -> rows.add(HostReport.row(result)));
        Table.align(rows).forEach(line -> getLog().info(line));
        HostReport.remarks(results).forEach(line -> getLog().info(line));
        getLog().info(HostReport.summary(results));
    }

    private dev.ktstr.run.Options runOptions(Options given) {
        Map<String, Optional<String>> fromPom = Map.of(
                "filter", Optional.ofNullable(filter),
                "duration", Optional.ofNullable(duration),
                "workers", Optional.ofNullable(workers),
                "workType", Optional.ofNullable(workType),
                "seed", Optional.ofNullable(seed),
                "host.cgroup", Optional.ofNullable(hostCgroup));
        return new dev.ktstr.run.Options(
                name -> {
                    String option = name.substring("ktstr.".length());
                    return given.text(
                            option,
                            fromPom.getOrDefault(option, Optional.empty()).orElse(null),
                            "");
                },
                name -> null);
    }
}
