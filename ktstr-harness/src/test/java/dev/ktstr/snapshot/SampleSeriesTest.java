package dev.ktstr.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.Claims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SampleSeriesTest {
    private final Claims claims = new Claims();

    /** One variable per name; a name that is not there is an error, as in a real snapshot. */
    private record Fake(Map<String, Long> values) implements Snapshot {
        @Override
        public SnapshotValue var(String path) {
            Long value = values.get(path);
            if (value == null) {
                throw new SnapshotException("no BPF variable '" + path + "'; There are: " + values.keySet());
            }
            return new Number64(value);
        }

        @Override
        public SnapshotMap map(String name) {
            throw new SnapshotException("no BPF map '" + name + "'");
        }

        @Override
        public List<CpuState> cpus() {
            return List.of();
        }

        @Override
        public List<String> maps() {
            return List.of();
        }

        @Override
        public List<String> variables() {
            return List.copyOf(values.keySet());
        }
    }

    private record Number64(long asLong) implements SnapshotValue {
        @Override
        public SnapshotValue get(String path) {
            throw new SnapshotException("a number has no parts");
        }

        @Override
        public String asText() {
            throw new SnapshotException("a number is no text");
        }

        @Override
        public Optional<String> asEnumName() {
            throw new SnapshotException("a number is no enum");
        }

        @Override
        public SnapshotValue pointee() {
            throw new SnapshotException("a number is no pointer");
        }

        @Override
        public long length() {
            throw new SnapshotException("a number is no array");
        }

        @Override
        public List<String> names() {
            return List.of();
        }
    }

    /** Samples of {@code n} at 5, 7, 10, 13, 15 s. */
    private static SampleSeries series(long... values) {
        long[] at = {5_000, 7_000, 10_000, 13_000, 15_000};
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            samples.add(sample(i, at[i], Map.of("n", values[i])));
        }
        return new SampleSeries(samples);
    }

    private static Sample sample(int i, long ms, Map<String, Long> values) {
        return new Sample(
                String.format("periodic_%03d", i), true, Duration.ofMillis(ms), Duration.ofMillis(1), new Fake(values));
    }

    private List<String> lines() {
        return claims.result().details();
    }

    @Test
    void aFallingCounterIsARegressionAtItsSample() {
        SampleSeries samples = series(40, 42, 41);

        samples.numbers("nr_dispatched", s -> s.var("n").asLong()).nondecreasing(claims);

        assertThat(lines())
                .containsExactly("nr_dispatched (nondecreasing): regression at sample periodic_002 (+10000ms): value 41"
                        + " after prior value 42 at sample periodic_001 (+7000ms)");
    }

    @Test
    void equalValuesAreNondecreasingButNoProgress() {
        series(1, 1, 2).longs("n").nondecreasing(claims);
        assertThat(lines()).isEmpty();

        series(1, 1, 2).longs("n").strictlyIncreasing(claims);
        assertThat(lines())
                .containsExactly("n (strictly_increasing): no progress at sample periodic_001 (+7000ms): value 1 after"
                        + " prior value 1 at sample periodic_000 (+5000ms)");
    }

    @Test
    void countersBeyondTheWholeNumbersOfADoubleAreCompared() {
        series(1L << 60, (1L << 60) - 1).longs("n").nondecreasing(claims);

        assertThat(lines()).hasSize(1);
    }

    @Test
    void aRateOutsideItsRangeNamesBothSamples() {
        series(0, 2_000, 20_000).longs("n").rateWithin(claims, 0.5, 2);

        assertThat(lines())
                .containsExactly("n (rate_within): rate 6/ms between sample periodic_001 (+7000ms) (value 2000) and"
                        + " sample periodic_002 (+10000ms) (value 20000) outside [0.5000, 2]");
    }

    @Test
    void warmUpIsLeftOutOfWhatMustBeSteady() {
        series(9_000, 100, 101, 99, 100).longs("n").steadyWithin(claims, Duration.ofSeconds(6), 0.02);
        assertThat(lines()).isEmpty();

        series(9_000, 100, 101, 99, 100).longs("n").steadyWithin(claims, Duration.ZERO, 0.02);
        assertThat(lines()).hasSize(5).first().asString().contains("value 9000 at sample periodic_000 (+5000ms)");
    }

    @Test
    void threeSamplesInARowNearTheTargetAreConvergence() {
        series(0, 98, 101, 100, 0).longs("n").convergesTo(claims, 100, 5, Duration.ofSeconds(14));
        assertThat(lines()).isEmpty();

        series(0, 98, 101, 100, 0).longs("n").convergesTo(claims, 100, 5, Duration.ofSeconds(12));
        assertThat(lines())
                .containsExactly("n (converges_to): no 3 samples in a row within 100 ± 5 before +12000ms; last value"
                        + " 101 at sample periodic_002 (+10000ms)");
    }

    @Test
    void aRatioIsOfTheSameSample() {
        SampleSeries samples = new SampleSeries(List.of(
                sample(0, 1_000, Map.of("hit", 9L, "all", 10L)), sample(1, 2_000, Map.of("hit", 2L, "all", 10L))));

        samples.longs("hit").ratioWithin(claims, samples.longs("all"), 0.5, 1);

        assertThat(lines())
                .containsExactly(
                        "hit (ratio_within): ratio 0.2000 (2 / all 10 at sample periodic_001 (+2000ms)) outside [0.5000, 1]");
    }

    @Test
    void nothingIsDividedByZero() {
        SampleSeries samples = new SampleSeries(List.of(sample(0, 1_000, Map.of("hit", 9L, "all", 0L))));

        samples.longs("hit").ratioWithin(claims, samples.longs("all"), 0, 1);

        assertThat(lines())
                .containsExactly("hit (ratio_within): no ratio for 9 / all 0 at sample periodic_000 (+1000ms)");
    }

    @Test
    void seriesOfOtherSamplesAreNotCompared() {
        assertThatThrownBy(() ->
                        series(1, 2).longs("n").ratioWithin(claims, series(1).longs("n"), 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not of the same samples");
    }

    @Test
    void whatIsFalseOnceIsNotAlwaysTrue() {
        series(1, 0, 1).truths("up", s -> s.var("n").asBoolean()).alwaysTrue(claims);

        assertThat(lines()).containsExactly("up (always_true): false at sample periodic_001 (+7000ms)");
    }

    @Test
    void eachValueIsClaimedByItself() {
        series(5, 0, 7).longs("n").each(claims).atLeast(1);

        assertThat(lines()).hasSize(1).first().asString().startsWith("n at sample periodic_001 (+7000ms): ");
    }

    @Test
    void aNameThatIsNotThereFailsThePatternAndSaysWhatThereIs() {
        series(1, 2).longs("m").nondecreasing(claims);

        assertThat(lines())
                .containsExactly(
                        "m: no value at sample periodic_000 (+5000ms): no BPF variable 'm'; There are: [n]",
                        "m: no value at sample periodic_001 (+7000ms): no BPF variable 'm'; There are: [n]");
    }

    @Test
    void aSeriesWithoutSamplesShowsNoPattern() {
        new SampleSeries(List.of()).longs("n").nondecreasing(claims);

        assertThat(lines()).hasSize(1).first().asString().contains("needs at least 2 samples, and there are 0");
    }

    @Test
    void aSeriesThatIsWrongEverywhereIsCutShort() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            samples.add(sample(i, i * 100L, Map.of("n", -(long) i)));
        }

        new SampleSeries(samples).longs("n").nondecreasing(claims);

        assertThat(lines()).hasSize(11).last().asString().isEqualTo("n (nondecreasing): and 19 more");
    }

    @Test
    void onlyWhatTheClockTookIsPeriodic() {
        Sample asked = new Sample("before", false, Duration.ZERO, Duration.ZERO, new Fake(Map.of("n", 1L)));

        SampleSeries samples = new SampleSeries(List.of(asked, sample(0, 100, Map.of("n", 2L))));

        assertThat(samples.periodicOnly().longs("n").values()).containsExactly(2L);
    }
}
