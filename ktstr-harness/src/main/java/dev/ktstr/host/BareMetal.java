package dev.ktstr.host;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupStats;
import dev.ktstr.catalogue.Built;
import dev.ktstr.catalogue.Catalogue;
import dev.ktstr.catalogue.CatalogueScenario;
import dev.ktstr.catalogue.Needs;
import dev.ktstr.checks.Judge;
import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.AgentBinary;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.HostWatch;
import dev.ktstr.run.StatsDecoder;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.Encoding;
import dev.ktstr.run.encode.ScenarioEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Runs scenarios of the catalogue on this host itself, one after another, under whatever scheduler is active: no VM, the real
 * topology, the same agent. Everything runs in a cgroup of its own and is gone when {@link #run} returns, also by an exception.
 */
public final class BareMetal {
    /** What the agent may take beyond a scenario: starting, collecting, removing. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final HostSettings settings;
    private final HostFacts host;
    private final Path cache;

    /**
     * Runs of that kind.
     *
     * @param cache the folder of caches; the agent's program and the records of owners lie in it
     */
    public BareMetal(HostSettings settings, HostFacts host, Path cache) {
        this.settings = settings;
        this.host = host;
        this.cache = cache;
    }

    /** What is written down about who runs on this host. */
    public static OwnerRecords records(Path cache) {
        return new OwnerRecords(cache.resolve("host"));
    }

    /**
     * Runs what the filter selects.
     *
     * @param each hears of each scenario when it has ended
     * @throws IllegalArgumentException when the filter selects nothing
     * @throws HostException when the host has no cgroups to run in, or the agent does not come up
     */
    public List<HostResult> run(Consumer<HostResult> each) {
        List<CatalogueScenario> chosen = Catalogue.matching(settings.filter());
        CgroupMount mount = CgroupMount.find(Path.of("/"), settings.cgroup());
        List<HostResult> results = new ArrayList<>();
        try (HostAgent agent = HostAgent.start(AgentBinary.cached(cache.resolve("host")), mount, records(cache))) {
            for (CatalogueScenario scenario : chosen) {
                HostResult result = one(agent, mount, scenario);
                results.add(result);
                each.accept(result);
            }
        }
        return results;
    }

    private HostResult one(HostAgent agent, CgroupMount mount, CatalogueScenario scenario) {
        long from = System.nanoTime();
        Optional<String> refusal = refused(scenario);
        if (refusal.isPresent()) {
            return ended(scenario, Verdict.SKIP, refusal.get(), from);
        }
        Built built = scenario.build(host.topology(), settings.duration(), settings.workers());
        EncodedScenario encoded = ScenarioEncoder.encode(
                built.backdrop(),
                built.steps(),
                Encoding.of(host.topology(), settings.duration(), settings.workers())
                        .seed(settings.seed())
                        .workType(settings.workType()));
        Set<String> missing = new TreeSet<>(PlanNeeds.controllers(encoded.plan()));
        missing.removeAll(mount.controllers());
        if (!missing.isEmpty()) {
            String why = "needs the cgroup v2 controllers " + String.join(", ", missing) + ", and " + mount.parent()
                    + " has "
                    + (mount.controllers().isEmpty() ? "none" : String.join(", ", new TreeSet<>(mount.controllers())))
                    + ". Hint: controllers that cgroup v1 holds are given back by booting with cgroup_no_v1=all";
            return ended(scenario, Verdict.SKIP, why, from);
        }
        return run(agent, scenario, built, encoded, from);
    }

    private Optional<String> refused(CatalogueScenario scenario) {
        if (scenario.needs().privileges().contains(Needs.Privilege.SYS_NICE) && !host.niceness()) {
            return Optional.of("needs CAP_SYS_NICE, for real-time policies or negative nice levels. Hint: run as root");
        }
        return scenario.accepts(host.topology());
    }

    private HostResult run(
            HostAgent agent, CatalogueScenario scenario, Built built, EncodedScenario encoded, long from) {
        MergedChecks checks = MergedChecks.defaults(false).over(built.checks(), "scenario");
        try (HostWatch watch = new HostWatch(List.of())) {
            ScenarioResult result =
                    agent.session().run(encoded.plan(), encoded.longest().plus(GRACE));
            List<CgroupStats> stats = new StatsDecoder(host.topology()).decode(encoded, result);
            // The agent's clock is the host's own, and so is System.nanoTime: CLOCK_MONOTONIC.
            AssertResult judged = Judge.judge(stats, checks, watch.evidence(result.endedNs(), result.endedNs()));
            List<String> lines = new ArrayList<>(judged.details());
            lines.addAll(judged.inconclusive());
            Verdict verdict = judged.failed()
                    ? Verdict.FAIL
                    : judged.inconclusive().isEmpty() ? Verdict.PASS : Verdict.INCONCLUSIVE;
            return new HostResult(scenario, verdict, lines, stats, since(from));
        } catch (GuestException e) {
            if (e.kind() != GuestException.Kind.AGENT || !agent.alive()) {
                throw new HostException(
                        "The agent on this host was lost in scenario " + scenario + ": " + e.getMessage()
                                + (agent.console().isBlank()
                                        ? ""
                                        : "\nIts console:\n" + agent.console().strip()),
                        e);
            }
            return ended(scenario, Verdict.FAIL, e.getMessage() + privilegeHint(String.valueOf(e.getMessage())), from);
        }
    }

    private String privilegeHint(String message) {
        return message.contains("Operation not permitted") || message.contains("Permission denied")
                ? " Hint: this process may not; run as root"
                : "";
    }

    private static HostResult ended(CatalogueScenario scenario, Verdict verdict, String why, long from) {
        return new HostResult(scenario, verdict, List.of(why), List.of(), since(from));
    }

    private static Duration since(long from) {
        return Duration.ofNanos(System.nanoTime() - from);
    }
}
