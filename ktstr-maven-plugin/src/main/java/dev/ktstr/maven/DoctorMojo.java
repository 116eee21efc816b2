package dev.ktstr.maven;

import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.maven.Doctor.Fact;
import dev.ktstr.maven.Doctor.Finding;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.host.HostMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Checks that this system has what tests need, and says how to get what it lacks. */
@Mojo(name = "doctor", requiresProject = false, aggregator = true, threadSafe = true)
public final class DoctorMojo extends KtstrMojo {
    /** What the default test's guest gets, and some room for the JVM beside it. */
    private static final long WANTED_MB = 2048 + 512;

    private static final Pattern CODENAME = Pattern.compile("(?m)^VERSION_CODENAME=\"?([a-z]+)\"?$");

    /**
     * What to check for: {@code run} (running tests, the default), {@code kernel} (building kernels, too), {@code build} (building
     * ktstr itself, too) or {@code test} (all of these, and ktstr's own tests).
     */
    @Parameter(property = "ktstr.scope")
    private @Nullable String scope;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        String given = options().text("scope", scope, "run");
        Requirement.Kind kind = Requirement.Kind.of(given)
                .orElseThrow(() -> new MojoExecutionException(
                        "-Dktstr.scope is '" + given + "'; it must be run, kernel, build or test"));
        List<Finding> findings = probe(kind);
        List<Fact> facts = new ArrayList<>(backends());
        facts.add(kernel());
        facts.add(memory());
        Doctor.table(findings, facts).forEach(line -> getLog().info(line));
        if (kind == Requirement.Kind.RUN) {
            getLog().info("");
            getLog().info(
                            "-Dktstr.scope=kernel looks for what building kernels takes, -Dktstr.scope=build for what building ktstr does");
        }
        String complaint = Doctor.complaint(findings, facts, codename());
        if (complaint != null) {
            throw new MojoFailureException(complaint);
        }
    }

    private static List<Finding> probe(Requirement.Kind kind) throws MojoExecutionException {
        List<Finding> findings = new ArrayList<>();
        try {
            for (Requirement r : Requirement.all()) {
                if (kind.includes(r.kind())) {
                    findings.add(new Finding(r, Probe.run(r.probe())));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("interrupted while the system was looked at", e);
        }
        return findings;
    }

    private static List<Fact> backends() {
        List<Fact> facts = new ArrayList<>();
        List<Backend> all = Backends.all();
        boolean any = all.stream().anyMatch(b -> b.availability().usable());
        for (Backend backend : all) {
            Backend.Availability a = backend.availability();
            facts.add(new Fact("backend " + backend.name(), a.usable() ? "ok" : "absent", a.detail(), null));
        }
        if (!any) {
            facts.add(new Fact(
                    "backends", "MISSING", "none is usable", "no backend can run guests: see the lines above"));
        }
        return facts;
    }

    private static Fact kernel() {
        try {
            List<String> found = new ArrayList<>();
            for (KernelImage kernel : KernelDiscovery.standard().findAll((String) null)) {
                KernelRequirements.requireSchedExt(kernel);
                found.add(kernel.version() + ", " + kernel.origin());
            }
            return new Fact("kernel", "ok", String.join("; ", found), null);
        } catch (KernelException e) {
            return new Fact("kernel", "MISSING", "none that can run sched_ext schedulers", "kernel: " + e.getMessage());
        }
    }

    private static Fact memory() {
        HostMemory found = HostMemory.available();
        if (found.mb() == Long.MAX_VALUE) {
            return new Fact("memory", "unknown", found.limit(), null);
        }
        String detail = found.mb() + " MB available (" + found.limit()
                + "); a test takes 2048 MB unless its memoryMb says otherwise";
        return new Fact("memory", found.mb() >= WANTED_MB ? "ok" : "low", detail, null);
    }

    private static @Nullable String codename() throws MojoExecutionException {
        Path file = Path.of("/etc/os-release");
        if (!Files.exists(file)) {
            return null;
        }
        String text = text(file);
        Matcher m = CODENAME.matcher(text);
        return text.lines().anyMatch("ID=debian"::equals) && m.find() ? m.group(1) : null;
    }

    private static String text(Path file) throws MojoExecutionException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
