package dev.ktstr.run;

import dev.ktstr.checks.HostLoss;
import java.util.ArrayList;
import java.util.List;

/**
 * How long the vCPUs' threads had waited for a CPU of the host, and what was stolen from the host, at successive moments.
 * Between two samples, both are taken to have grown evenly. Not safe for use by several threads.
 */
final class HostTimeline {
    /** When there are more samples, every second one goes: the resolution falls, the memory does not grow. */
    private static final int MOST = 4096;

    /** One look; arrays rather than records of a thread each, for there may be many threads and thousands of looks. */
    static final class Sample {
        private final long atNs;
        private final long[] waitedNs;
        private final long[] waits;
        private final long stolenNs;

        /**
         * Takes the arrays over.
         *
         * @param atNs when, {@link System#nanoTime}
         * @param waitedNs by thread: time ready to run without a CPU, since the thread began
         * @param waits by thread: how often it was put on a CPU
         * @param stolenNs steal time of the host's CPUs since it booted, their mean
         */
        Sample(long atNs, long[] waitedNs, long[] waits, long stolenNs) {
            this.atNs = atNs;
            this.waitedNs = waitedNs;
            this.waits = waits;
            this.stolenNs = stolenNs;
        }
    }

    private final List<Sample> samples = new ArrayList<>();

    /** Adds a sample, later than all before. */
    void add(Sample sample) {
        samples.add(sample);
        if (samples.size() > MOST) {
            thinOut();
        }
    }

    private void thinOut() {
        List<Sample> kept = new ArrayList<>();
        for (int i = 0; i < samples.size(); i += 2) {
            kept.add(samples.get(i));
        }
        samples.clear();
        samples.addAll(kept);
    }

    /** What was lost between two moments; nothing outside of the samples. */
    HostLoss between(long fromNs, long toNs) {
        if (samples.isEmpty() || toNs <= fromNs) {
            return HostLoss.NONE;
        }
        int threads = samples.get(0).waitedNs.length;
        long waited = 0;
        long waits = 0;
        for (int i = 0; i < threads; i++) {
            int thread = i;
            long of = Math.round(at(toNs, s -> s.waitedNs[thread]) - at(fromNs, s -> s.waitedNs[thread]));
            if (of > waited) {
                waited = of;
                waits = Math.round(at(toNs, s -> s.waits[thread]) - at(fromNs, s -> s.waits[thread]));
            }
        }
        long stolen = Math.round(at(toNs, s -> s.stolenNs) - at(fromNs, s -> s.stolenNs));
        return new HostLoss(toNs - fromNs, waited, waits, Math.max(0, stolen));
    }

    /** A counter's value at a moment. */
    private double at(long ns, java.util.function.ToLongFunction<Sample> counter) {
        Sample before = samples.get(0);
        for (Sample after : samples) {
            if (after.atNs - ns >= 0) {
                long span = after.atNs - before.atNs;
                double part = span <= 0 ? 1 : Math.max(0, (double) (ns - before.atNs) / span);
                long from = counter.applyAsLong(before);
                return from + part * (counter.applyAsLong(after) - from);
            }
            before = after;
        }
        return counter.applyAsLong(before);
    }
}
