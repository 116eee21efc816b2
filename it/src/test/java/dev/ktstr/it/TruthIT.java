package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.CgroupStats;
import dev.ktstr.WorkerStats;
import dev.ktstr.result.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a scheduler does to its workers is the same in forked and in booted guests: cold and forked variants by turns, and the
 * Mann-Whitney test over what was measured. With {@code -Dktstr.full} 50 of each, else 8;
 * {@code -Dktstr.truth.variants} names another number.
 */
class TruthIT {
    private static final boolean FULL = Boolean.getBoolean("ktstr.full");
    private static final int EACH = Integer.getInteger("ktstr.truth.variants", FULL ? 50 : 8);

    /**
     * Probability of seeing a difference where there is none, in any of the measures: each is tested at its share of it. The
     * short form, which every check runs, is stricter with itself: it is to find what is grossly wrong, and never by chance.
     */
    private static final double CHANCE = FULL ? 0.01 : 0.001;

    @TempDir
    Path temp;

    @Test
    void forkedAndColdVariantsMeasureTheSameAndComeToTheSameVerdicts() {
        run("on");
        Map<String, List<Double>> cold = new LinkedHashMap<>();
        Map<String, List<Double>> forked = new LinkedHashMap<>();
        List<String> verdicts = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            Outcome booted = run("off");
            Outcome fork = run("on");
            assertThat(booted.facts()).containsEntry("boot", "cold");
            assertThat(fork.facts()).containsEntry("boot", "forked");
            note(cold, booted);
            note(forked, fork);
            verdicts.add(booted.verdict() + " " + fork.verdict());
        }
        assertThat(cold).hasSizeGreaterThanOrEqualTo(5);
        Map<String, Double> likely = new LinkedHashMap<>();
        cold.forEach((measure, values) -> {
            double p = MannWhitneyUTest.withDefaults()
                    .test(array(values), array(forked.get(measure)))
                    .getPValue();
            likely.put(measure, p);
            System.out.printf(
                    Locale.ROOT,
                    "%-24s cold %12.2f forked %12.2f (medians of %d) p=%.4f%n",
                    measure,
                    median(values),
                    median(forked.get(measure)),
                    EACH,
                    p);
        });
        assertThat(verdicts).containsOnly("PASS PASS");
        double level = CHANCE / likely.size();
        likely.forEach((measure, p) -> assertThat(p)
                .as("%s: cold %s, forked %s", measure, cold.get(measure), forked.get(measure))
                .isGreaterThan(level));
    }

    private Outcome run(String mode) {
        Map<String, String> options = Map.of(
                "ktstr.template", mode,
                "ktstr.template.dir", temp.toString(),
                "ktstr.sidecar.dir", temp.resolve("runs").toString());
        return Runs.run("contended", options, Workloads::contended).outcome();
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
