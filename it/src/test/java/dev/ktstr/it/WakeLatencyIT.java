package dev.ktstr.it;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.CgroupStats;
import dev.ktstr.CloneMode;
import dev.ktstr.HoldSpec;
import dev.ktstr.LatencyHistogram;
import dev.ktstr.Step;
import dev.ktstr.WorkParameter;
import dev.ktstr.WorkType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** What the histogram says of a wake-up is what somebody else measures who is given the same work. */
class WakeLatencyIT {
    private static final String SAMPLES = "/tmp/wake-samples";
    private static final int ROUNDS = 8;

    @TempDir
    private static Path folder;

    /**
     * In turns of a second, so that both see the same host; of each figure the median over the rounds, so that a burst of
     * something else on the host, which a p99 of one round would show, decides nothing. Threads against threads: what a change
     * of address space costs is part of a wake-up.
     */
    @Test
    void percentilesOfFanOutComputeAreThoseOfAProgramOfTheSameShape(TestReporter reporter) throws Exception {
        Path program = Programs.compile(Path.of("src/test/c/wake_shape.c").toAbsolutePath(), folder);
        WorkType ours = WorkType.fanOutCompute(4)
                .with(WorkParameter.CACHE_KB, 4)
                .with(WorkParameter.OPERATIONS, 2)
                .with(WorkParameter.SLEEP, ofMillis(1).toNanos());
        List<Step> steps = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            steps.add(Step.of(
                    HoldSpec.fixed(ofSeconds(1)),
                    CgroupDef.named("ours").workers(5).workType(ours).cloneMode(CloneMode.THREAD)));
            WorkType theirs = WorkType.custom(program, SAMPLES + round, "4", "4", "2", "1000");
            steps.add(Step.of(
                    HoldSpec.fixed(ofSeconds(1)),
                    CgroupDef.named("theirs").workers(1).workType(theirs)));
        }
        List<long[]> samples = new ArrayList<>();
        AtomicReference<AssertResult> result = new AtomicReference<>(AssertResult.pass());
        var ended = Runs.run("anyWork", ctx -> {
            result.set(ctx.executeSteps(steps));
            for (int round = 0; round < ROUNDS; round++) {
                samples.add(ctx.guest()
                        .readText(SAMPLES + round)
                        .lines()
                        .mapToLong(Long::parseLong)
                        .sorted()
                        .toArray());
            }
            return result.get();
        });
        assertThat(ended.outcome().details()).isEmpty();

        List<LatencyHistogram> measured = result.get().stats().stream()
                .filter(cgroup -> cgroup.name().equals("ours"))
                .map(CgroupStats::wakeLatency)
                .toList();
        assertThat(measured).hasSize(ROUNDS).allMatch(histogram -> histogram.count() > 300);
        assertThat(samples).hasSize(ROUNDS).allMatch(round -> round.length > 300);
        String both = "ours: " + measured + ", theirs: "
                + samples.stream()
                        .map(round -> round.length + " samples, p50 " + percentile(round, 50) + " ns, p99 "
                                + percentile(round, 99) + " ns")
                        .toList();
        reporter.publishEntry("wake latency", both);
        for (int percent : new int[] {50, 99}) {
            double reference = median(samples.stream().mapToLong(round -> percentile(round, percent)));
            assertThat(median(measured.stream()
                            .mapToLong(round -> round.percentileNs(percent).orElseThrow())))
                    .as("p%s; %s", percent, both)
                    .isBetween(0.8 * reference, 1.2 * reference);
        }
    }

    private static double median(LongStream values) {
        long[] sorted = values.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2.0;
    }

    private static long percentile(long[] sorted, int percent) {
        return Arrays.stream(sorted)
                .skip((long) sorted.length * percent / 100)
                .findFirst()
                .orElseThrow();
    }
}
