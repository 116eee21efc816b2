package dev.ktstr.it;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.CgroupStats;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the histogram says of a wake-up is what somebody else measures who is given the same work. */
class WakeLatencyIT {
    private static final String SAMPLES = "/tmp/wake-samples";
    private static final int ROUNDS = 4;

    @TempDir
    private static Path folder;

    /**
     * In turns of a second, so that both see the same host. Both have thousands of samples: the standard error of a p99 of
     * 4000 samples is a few percent where the distribution is not torn there, and a median's is less.
     */
    @Test
    void percentilesOfFanOutComputeAreThoseOfAProgramOfTheSameShape() throws Exception {
        Path program = Programs.compile(Path.of("src/test/c/wake_shape.c").toAbsolutePath(), folder);
        WorkType ours = WorkType.fanOutCompute(4)
                .with(WorkParameter.CACHE_KB, 4)
                .with(WorkParameter.OPERATIONS, 2)
                .with(WorkParameter.SLEEP, ofMillis(1).toNanos());
        WorkType theirs = WorkType.custom(program, SAMPLES, "4", "4", "2", "1000");
        List<Step> steps = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            steps.add(Step.of(
                    HoldSpec.fixed(ofSeconds(1)),
                    CgroupDef.named("ours").workers(5).workType(ours)));
            steps.add(Step.of(
                    HoldSpec.fixed(ofSeconds(1)),
                    CgroupDef.named("theirs").workers(1).workType(theirs)));
        }
        AtomicReference<String> raw = new AtomicReference<>("");
        AtomicReference<AssertResult> result = new AtomicReference<>(AssertResult.pass());
        var ended = Runs.run("anyWork", ctx -> {
            result.set(ctx.executeSteps(steps));
            raw.set(ctx.guest().readText(SAMPLES));
            return result.get();
        });
        assertThat(ended.outcome().details()).isEmpty();

        LatencyHistogram measured = result.get().stats().stream()
                .filter(cgroup -> cgroup.name().equals("ours"))
                .map(CgroupStats::wakeLatency)
                .reduce(LatencyHistogram.EMPTY, LatencyHistogram::merge);
        long[] samples = raw.get().lines().mapToLong(Long::parseLong).sorted().toArray();
        assertThat(measured.count()).isGreaterThan(1000);
        assertThat(samples).hasSizeGreaterThan(1000);
        String both = "ours: " + measured + ", theirs: p50=" + percentile(samples, 50) + " p99="
                + percentile(samples, 99) + " of " + samples.length;
        for (int percent : new int[] {50, 99}) {
            assertThat((double) measured.percentileNs(percent).orElseThrow())
                    .as("p%s; %s", percent, both)
                    .isBetween(0.8 * percentile(samples, percent), 1.2 * percentile(samples, percent));
        }
    }

    private static long percentile(long[] sorted, int percent) {
        return Arrays.stream(sorted)
                .skip((long) sorted.length * percent / 100)
                .findFirst()
                .orElseThrow();
    }
}
