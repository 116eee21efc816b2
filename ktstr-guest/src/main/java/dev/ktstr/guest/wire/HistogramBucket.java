package dev.ktstr.guest.wire;

/**
 * A bucket of a log-linear histogram, in nanoseconds. A value v below 256 has the index v; above, with
 * e = 63 - clz(v) - 7, the index (e &lt;&lt; 7) + (v &gt;&gt; e): 128 buckets per octave. Values above 2^40 ns count in the last
 * bucket.
 *
 * @param index which
 * @param count values in it
 */
public record HistogramBucket(int index, long count) {}
