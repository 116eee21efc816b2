package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.CgroupStats;
import dev.ktstr.WorkerStats;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.BootsAhead;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Shape;
import dev.ktstr.run.VariantRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a scheduler does to its workers is the same in forked and in booted guests: cold and forked variants by turns, and the
 * Mann-Whitney test over what was measured. With {@code -Dktstr.full} 50 of each, and as many in guests that were made ready
 * while another variant ran; else 10. {@code -Dktstr.truth.variants} names another number.
 */
class TruthIT {
    private static final boolean FULL = Boolean.getBoolean("ktstr.full");

    /** Ten are as few as can differ at all at the short form's level: of 8 against 8, the least likely order has p = 0.00016. */
    private static final int EACH = Integer.getInteger("ktstr.truth.variants", FULL ? 50 : 10);

    private static final List<String> WAYS = FULL ? List.of("cold", "forked", "ready") : List.of("cold", "forked");

    /**
     * Probability of seeing a difference where there is none, in any of the measures: each is tested at its share of it. The
     * short form, which every check runs, is stricter with itself: it is to find what is grossly wrong, and never by chance.
     */
    private static final double CHANCE = FULL ? 0.01 : 0.001;

    @TempDir
    Path temp;

    @Test
    void forkedAndReadyAndColdVariantsMeasureTheSameAndComeToTheSameVerdicts() {
        run(options("on"), Workloads::contended);
        Map<String, Map<String, List<Double>>> measured = new LinkedHashMap<>();
        WAYS.forEach(way -> measured.put(way, new LinkedHashMap<>()));
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            for (String way : WAYS) {
                Outcome outcome = run(way);
                note(measured.get(way), outcome);
                verdicts.add(outcome.verdict());
            }
        }
        assertThat(verdicts).containsOnly(Verdict.PASS);
        Map<String, List<Double>> cold = measured.remove("cold");
        assertThat(cold).hasSizeGreaterThanOrEqualTo(5);
        double level = CHANCE / (cold.size() * measured.size());
        List<String> differ = new ArrayList<>();
        measured.forEach((way, values) -> cold.forEach((measure, booted) -> {
            String line = compared(way, measure, booted, values.get(measure));
            System.out.println(line);
            if (p(booted, values.get(measure)) <= level) {
                differ.add(line + ", cold " + booted + ", " + way + " " + values.get(measure));
            }
        }));
        assertThat(differ).as("what differs at p = %.6f", level).isEmpty();
    }

    private static String compared(String way, String measure, List<Double> cold, List<Double> other) {
        return String.format(
                Locale.ROOT,
                "%-24s cold %12.2f %-6s %12.2f (medians of %d) p=%.4f",
                measure,
                median(cold),
                way,
                median(other),
                EACH,
                p(cold, other));
    }

    private static double p(List<Double> some, List<Double> others) {
        return MannWhitneyUTest.withDefaults().test(array(some), array(others)).getPValue();
    }

    private Map<String, String> options(String mode) {
        return Map.of(
                "ktstr.template",
                mode,
                "ktstr.template.dir",
                temp.toString(),
                "ktstr.sidecar.dir",
                temp.resolve("runs").toString(),
                // Places are the host's: there is one for the guest that is made ready.
                "ktstr.parallel",
                "8");
    }

    private Outcome run(String way) {
        Outcome outcome = switch (way) {
            case "cold" -> run(options("off"), Workloads::contended);
            case "forked" -> run(options("on"), Workloads::contended);
            default -> ready();
        };
        assertThat(outcome.facts()).containsEntry("boot", way.equals("cold") ? "cold" : "forked");
        assertThat(outcome.facts().containsKey("bootAhead")).isEqualTo(way.equals("ready"));
        return outcome;
    }

    private static Outcome run(Map<String, String> options, VariantRun.Body body) {
        return Runs.run("contended", options, body).outcome();
    }

    /** A run in a guest that was made ready beside another, which did nothing else. */
    private Outcome ready() {
        Shape shape = Shape.base(Registry.load(TruthIT.class.getClassLoader()).test("dev.ktstr.it.Fixtures#contended"));
        BootsAhead.Coming coming = new BootsAhead.Coming(shape, Optional.empty());
        Map<String, String> options = options("on");
        try (BootsAhead ahead = BootsAhead.start(List.of(coming, coming), Runs.options(options), Path.of(""))
                .orElseThrow()) {
            ahead.reached(0);
            run(options, ctx -> {
                Children.awaitStillFork(ctx.guest(), Duration.ofMillis(200));
                return null;
            });
            ahead.reached(1);
            return run(options, Workloads::contended);
        }
    }

    private static void note(Map<String, List<Double>> into, Outcome outcome) {
        for (CgroupStats cgroup : outcome.stats()) {
            add(into, cgroup.name() + " spread %", cgroup.spreadPct());
            add(into, cgroup.name() + " gap ms", (double) cgroup.gapMs());
            add(into, cgroup.name() + " migrations", (double) cgroup.migrations());
            long delayNs = cgroup.runDelayNs().orElse(0);
            long runs = cgroup.workers().stream()
                    .flatMap(w -> w.schedStats().stream())
                    .mapToLong(WorkerStats.SchedStats::runCount)
                    .sum();
            // Time from being runnable to running, over all wakes and preemptions: what schedstats know of wake
            // latency.
            add(into, cgroup.name() + " delay us", delayNs / 1e3 / runs);
        }
    }

    private static void add(Map<String, List<Double>> into, String measure, double value) {
        into.computeIfAbsent(measure, m -> new ArrayList<>()).add(value);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
