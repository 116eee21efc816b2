package dev.ktstr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ktstr.LatencyHistogram.Bucket;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void bucketsFollowEachOtherWithoutGapOrOverlap() {
        long next = 0;
        for (int index = 0; index <= LatencyHistogram.bucketOf(LatencyHistogram.LARGEST_NS); index++) {
            Bucket bucket = new Bucket(index, 1);
            assertThat(bucket.fromNs()).isEqualTo(next);
            assertThat(LatencyHistogram.bucketOf(next)).isEqualTo(index);
            if (index > 0) {
                assertThat(LatencyHistogram.bucketOf(next - 1)).isEqualTo(index - 1);
            }
            next = index < 256 ? next + 1 : next + (1L << (index / 128 - 1));
        }
    }

    @Test
    void theAgentCountsInTheSameBuckets() {
        // The first of each kind, as the agent's telemetry defines them: v below 256, else (e << 7) + (v >> e).
        assertThat(LongStream.of(0, 255, 256, 257, 258, 511, 512, 1L << 20, 1L << 40, Long.MAX_VALUE)
                        .mapToInt(LatencyHistogram::bucketOf))
                .containsExactly(0, 255, 256, 256, 257, 383, 384, (13 << 7) + 128, (33 << 7) + 128, (33 << 7) + 128);
    }

    @Test
    void percentilesAreWithinOnePercentOfThoseOfTheRawSamples() {
        SplittableRandom random = new SplittableRandom(42);
        for (int round = 0; round < 200; round++) {
            long[] samples = samples(random, 1 + random.nextInt(2000));
            LatencyHistogram histogram = LatencyHistogram.of(samples);
            Arrays.sort(samples);
            for (double percent : new double[] {0.1, 1, 25, 50, 75, 90, 99, 99.9, 100}) {
                long exact = samples[Math.max(0, (int) Math.ceil(samples.length * percent / 100) - 1)];
                assertThat((double) histogram.percentileNs(percent).orElseThrow())
                        .as("p%s of %d samples", percent, samples.length)
                        .isCloseTo((double) exact, within(exact * 0.01));
            }
            assertThat(histogram.count()).isEqualTo(samples.length);
            assertThat(histogram.minNs()).hasValue(samples[0]);
            assertThat(histogram.maxNs()).hasValue(samples[samples.length - 1]);
            double mean = Arrays.stream(samples).average().orElseThrow();
            double stddev = Math.sqrt(Arrays.stream(samples)
                    .mapToDouble(s -> (s - mean) * (s - mean))
                    .average()
                    .orElseThrow());
            assertThat(histogram.meanNs().orElseThrow()).isCloseTo(mean, within(mean * 1e-9));
            assertThat(histogram.stddevNs().orElseThrow()).isCloseTo(stddev, within(Math.max(mean, stddev) * 0.01));
        }
    }

    /** Of every magnitude: exact ones, microseconds with a tail, seconds. */
    private static long[] samples(SplittableRandom random, int count) {
        int bits = 4 + random.nextInt(36);
        return random.longs(count, 1, 1L << bits)
                .map(v -> v >> random.nextInt(4))
                .toArray();
    }

    @Test
    void mergingCountsAllSamplesOnce() {
        LatencyHistogram all = LatencyHistogram.of(5, 900, 1_000_000, 70_000);
        assertThat(LatencyHistogram.of(5, 1_000_000).merge(LatencyHistogram.of(70_000, 900)))
                .isEqualTo(all)
                .hasSameHashCodeAs(all)
                .hasToString("4 samples, p50 902 ns, p99 1000000 ns, max 1000000 ns");
        assertThat(LatencyHistogram.EMPTY.merge(all)).isSameAs(all);
        assertThat(all.merge(LatencyHistogram.EMPTY)).isSameAs(all);
    }

    @Test
    void withoutSamplesThereAreNoNumbers() {
        assertThat(LatencyHistogram.of()).isSameAs(LatencyHistogram.EMPTY);
        assertThat(LatencyHistogram.EMPTY.percentileNs(99)).isEmpty();
        assertThat(LatencyHistogram.EMPTY.meanNs()).isEmpty();
        assertThat(LatencyHistogram.EMPTY.cv()).isEmpty();
        assertThat(LatencyHistogram.of(0, 0).cv()).isEmpty();
    }

    @Test
    void whatIsTooLargeForABucketKeepsItsSize() {
        LatencyHistogram hour = LatencyHistogram.of(3_600_000_000_000L);
        assertThat(hour.percentileNs(50)).hasValue(3_600_000_000_000L);
        assertThat(hour.stddevNs().orElseThrow()).isZero();
    }

    @Test
    void bucketsThatNobodyCanHaveCountedAreRefused() {
        assertThatThrownBy(() -> new Bucket(5000, 1)).hasMessageContaining("buckets are 0 to 4352");
        assertThatThrownBy(() -> new Bucket(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bucket(1, -4)).isInstanceOf(IllegalArgumentException.class);
        Bucket one = new Bucket(1, 1);
        assertThatThrownBy(() -> LatencyHistogram.of(List.of(one, one), 1, 1, 2))
                .hasMessage("bucket 1 comes twice");
        assertThatThrownBy(() -> LatencyHistogram.of(List.of(one), 2, 1, 2))
                .hasMessage("latencies from 2 to 1 ns that add up to 2.0 ns");
        assertThatThrownBy(() -> LatencyHistogram.of(-1)).hasMessage("a latency of -1 ns is negative");
    }
}
