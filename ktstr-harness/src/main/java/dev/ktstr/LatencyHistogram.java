package dev.ktstr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Latencies in nanoseconds, counted in log-linear buckets. An immutable value.
 *
 * <p>Below 256 ns each value has a bucket of its own; above, each power of two is cut into 128 buckets of one width, so that
 * the middle of a bucket is within 0.4 % of every value in it. Values above {@value #LARGEST_NS} ns count in the last
 * bucket. Count, least, largest and sum are exact; percentiles and the standard deviation come from the middles.
 */
public final class LatencyHistogram {
    /** The largest value that has a bucket of its own kind: about 18 minutes. */
    public static final long LARGEST_NS = 1L << 40;

    /** Of no samples. */
    public static final LatencyHistogram EMPTY = new LatencyHistogram(new TreeMap<>(), 0, 0, 0);

    private static final int EXACT = 256;
    private static final int PER_OCTAVE = 128;
    private static final int LAST_BUCKET = bucketOf(LARGEST_NS);

    /**
     * A bucket with samples in it.
     *
     * @param index its number, from 0
     * @param count how many, above 0
     */
    public record Bucket(int index, long count) {
        /** Checks both. */
        public Bucket {
            if (index < 0 || index > LAST_BUCKET || count <= 0) {
                throw new IllegalArgumentException("bucket " + index + " with " + count + " samples: buckets are 0 to "
                        + LAST_BUCKET + ", and one without samples is left out");
            }
        }

        /** Least value that counts in it. */
        public long fromNs() {
            return index < EXACT ? index : (long) (index % PER_OCTAVE + PER_OCTAVE) << shift();
        }

        /** Its middle, which stands for all its samples. */
        public double middleNs() {
            return fromNs() + (index < EXACT ? 0 : ((1L << shift()) - 1) / 2.0);
        }

        private int shift() {
            return index / PER_OCTAVE - 1;
        }
    }

    private final SortedMap<Integer, Long> counts;
    private final long count;
    private final long minNs;
    private final long maxNs;
    private final double sumNs;

    private LatencyHistogram(SortedMap<Integer, Long> counts, long minNs, long maxNs, double sumNs) {
        this.counts = counts;
        this.count = counts.values().stream().reduce(0L, Math::addExact);
        this.minNs = minNs;
        this.maxNs = maxNs;
        this.sumNs = sumNs;
    }

    /** Counts samples. */
    public static LatencyHistogram of(long... samplesNs) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        long min = Long.MAX_VALUE;
        long max = 0;
        double sum = 0;
        for (long sample : samplesNs) {
            counts.merge(bucketOf(sample), 1L, Long::sum);
            min = Math.min(min, sample);
            max = Math.max(max, sample);
            sum += sample;
        }
        return samplesNs.length == 0 ? EMPTY : new LatencyHistogram(counts, min, max, sum);
    }

    /**
     * Takes over what was counted elsewhere.
     *
     * @param buckets in any order
     * @throws IllegalArgumentException when a bucket comes twice, or the extremes do not belong to the buckets
     */
    public static LatencyHistogram of(List<Bucket> buckets, long minNs, long maxNs, double sumNs) {
        if (buckets.isEmpty()) {
            return EMPTY;
        }
        SortedMap<Integer, Long> counts = new TreeMap<>();
        for (Bucket bucket : buckets) {
            if (counts.put(bucket.index(), bucket.count()) != null) {
                throw new IllegalArgumentException("bucket " + bucket.index() + " comes twice");
            }
        }
        if (minNs < 0 || minNs > maxNs || !(sumNs >= maxNs)) {
            throw new IllegalArgumentException(
                    "latencies from " + minNs + " to " + maxNs + " ns that add up to " + sumNs + " ns");
        }
        return new LatencyHistogram(counts, minNs, maxNs, sumNs);
    }

    /**
     * The bucket of a value.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public static int bucketOf(long valueNs) {
        if (valueNs < 0) {
            throw new IllegalArgumentException("a latency of " + valueNs + " ns is negative");
        }
        long value = Math.min(valueNs, LARGEST_NS);
        if (value < EXACT) {
            return (int) value;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - 7;
        return shift * PER_OCTAVE + (int) (value >> shift);
    }

    /** The samples of both. */
    public LatencyHistogram merge(LatencyHistogram other) {
        if (isEmpty()) {
            return other;
        }
        if (other.isEmpty()) {
            return this;
        }
        SortedMap<Integer, Long> both = new TreeMap<>(counts);
        other.counts.forEach((bucket, n) -> both.merge(bucket, n, Long::sum));
        return new LatencyHistogram(
                both, Math.min(minNs, other.minNs), Math.max(maxNs, other.maxNs), sumNs + other.sumNs);
    }

    /** Whether there are no samples. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** How many samples, exact. */
    public long count() {
        return count;
    }

    /** Least sample, exact. */
    public OptionalLong minNs() {
        return isEmpty() ? OptionalLong.empty() : OptionalLong.of(minNs);
    }

    /** Largest sample, exact. */
    public OptionalLong maxNs() {
        return isEmpty() ? OptionalLong.empty() : OptionalLong.of(maxNs);
    }

    /** Arithmetic mean, exact. */
    public OptionalDouble meanNs() {
        return isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(sumNs / count);
    }

    /**
     * The least sample that this share of all samples does not exceed (nearest rank), within 0.4 %.
     *
     * @param percent above 0, at most 100
     */
    public OptionalLong percentileNs(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("a percentile is above 0 and at most 100, got " + percent);
        }
        long rank = (long) Math.ceil(count * percent / 100);
        if (rank >= count) {
            return maxNs();
        }
        long seen = 0;
        for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
            seen += bucket.getValue();
            if (seen >= rank) {
                return OptionalLong.of(Math.max(minNs, Math.min(maxNs, Math.round(middle(bucket)))));
            }
        }
        return maxNs();
    }

    /** Standard deviation of the population. */
    public OptionalDouble stddevNs() {
        if (isEmpty()) {
            return OptionalDouble.empty();
        }
        double mean = sumNs / count;
        double squares = 0;
        for (Map.Entry<Integer, Long> bucket : counts.entrySet()) {
            double off = middle(bucket) - mean;
            squares += off * off * bucket.getValue();
        }
        return OptionalDouble.of(Math.sqrt(squares / count));
    }

    /** Standard deviation over mean; empty without samples or with a mean of 0. */
    public OptionalDouble cv() {
        return isEmpty() || sumNs == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(stddevNs().orElseThrow() / (sumNs / count));
    }

    /** The buckets with samples, ascending. */
    public List<Bucket> buckets() {
        List<Bucket> buckets = new ArrayList<>();
        counts.forEach((index, n) -> buckets.add(new Bucket(index, n)));
        return buckets;
    }

    private double middle(Map.Entry<Integer, Long> bucket) {
        // The last bucket has no upper end; its samples are nowhere nearer than the largest of them.
        return bucket.getKey() == LAST_BUCKET ? maxNs : new Bucket(bucket.getKey(), bucket.getValue()).middleNs();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof LatencyHistogram other
                && counts.equals(other.counts)
                && minNs == other.minNs
                && maxNs == other.maxNs
                && sumNs == other.sumNs;
    }

    @Override
    public int hashCode() {
        return counts.hashCode();
    }

    /** Count and percentiles, for people. */
    @Override
    public String toString() {
        return isEmpty()
                ? "no samples"
                : count + " samples, p50 " + percentileNs(50).orElseThrow() + " ns, p99 "
                        + percentileNs(99).orElseThrow() + " ns, max " + maxNs + " ns";
    }
}
