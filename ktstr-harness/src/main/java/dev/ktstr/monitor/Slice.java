package dev.ktstr.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The numbers of a stretch of time. What was not measured is empty.
 *
 * @param fromNs begin, from the run's zero
 * @param toNs end, exclusive
 * @param samples how many were taken in it
 * @param runnable runnable tasks of all CPUs, on average
 * @param busiest most runnable tasks on a CPU
 * @param imbalance the greatest ratio of a sample
 * @param localDsq most tasks in a local dispatch queue
 * @param switchesPerS context switches of all CPUs
 * @param fallbackPerS of all CPUs
 * @param keepLastPerS of all CPUs
 * @param byCpu runnable tasks of each CPU in the sample that was most out of balance, the last of several; -1 where it was not
 *     there
 */
public record Slice(
        long fromNs,
        long toNs,
        int samples,
        double runnable,
        int busiest,
        double imbalance,
        OptionalInt localDsq,
        OptionalDouble switchesPerS,
        OptionalDouble fallbackPerS,
        OptionalDouble keepLastPerS,
        List<Integer> byCpu) {
    public Slice {
        byCpu = List.copyOf(byCpu);
    }

    private interface Counter {
        long of(Reading reading, int cpu);
    }

    /** Of the readings taken in {@code [fromNs, toNs)}; empty when there are none. */
    static Optional<Slice> of(List<Reading> all, List<int[]> groups, long zeroNs, long fromNs, long toNs) {
        int first = -1;
        int last = -1;
        for (int i = 0; i < all.size(); i++) {
            long at = all.get(i).takenNs() - zeroNs;
            if (at >= fromNs && at < toNs) {
                first = first < 0 ? i : first;
                last = i;
            }
        }
        if (first < 0) {
            return Optional.empty();
        }
        // Rates count from the sample before, so that a stretch with one sample has them too.
        Reading before = all.get(Math.max(0, first - 1));
        Reading end = all.get(last);
        return Optional.of(states(all.subList(first, last + 1), groups, fromNs, toNs)
                .withRates(
                        perSecond(before, end, Reading::switches),
                        perSecond(before, end, Reading::fallback),
                        perSecond(before, end, Reading::keepLast)));
    }

    private static Slice states(List<Reading> readings, List<int[]> groups, long fromNs, long toNs) {
        long runnable = 0;
        int busiest = 0;
        int deepest = Reading.ABSENT;
        double worst = 0;
        Reading shown = readings.get(0);
        for (Reading reading : readings) {
            double imbalance = Recording.imbalance(reading, groups);
            if (imbalance >= worst) {
                worst = imbalance;
                shown = reading;
            }
            for (int cpu = 0; cpu < reading.cpus(); cpu++) {
                runnable += Math.max(0, reading.nrRunning(cpu));
                busiest = Math.max(busiest, reading.nrRunning(cpu));
                deepest = Math.max(deepest, reading.localDsq(cpu));
            }
        }
        List<Integer> byCpu = new ArrayList<>();
        for (int cpu = 0; cpu < shown.cpus(); cpu++) {
            byCpu.add(shown.nrRunning(cpu));
        }
        return new Slice(
                fromNs,
                toNs,
                readings.size(),
                (double) runnable / readings.size(),
                busiest,
                worst,
                deepest == Reading.ABSENT ? OptionalInt.empty() : OptionalInt.of(deepest),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                byCpu);
    }

    private Slice withRates(OptionalDouble switches, OptionalDouble fallback, OptionalDouble keepLast) {
        return new Slice(
                fromNs, toNs, samples, runnable, busiest, imbalance, localDsq, switches, fallback, keepLast, byCpu);
    }

    /** Over the CPUs that have the counter at both ends; empty when none has, or the counters began anew in between. */
    private static OptionalDouble perSecond(Reading before, Reading now, Counter counter) {
        long grown = 0;
        boolean any = false;
        for (int cpu = 0; cpu < now.cpus(); cpu++) {
            long from = counter.of(before, cpu);
            long to = counter.of(now, cpu);
            if (from >= 0 && to >= 0) {
                if (to < from) {
                    return OptionalDouble.empty();
                }
                grown += to - from;
                any = true;
            }
        }
        long ns = now.takenNs() - before.takenNs();
        return any && ns > 0 ? OptionalDouble.of(grown * 1e9 / ns) : OptionalDouble.empty();
    }
}
