package dev.ktstr.select;

import dev.ktstr.select.Shard.Weighed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Picks the variants that cover most within a time.
 *
 * <p>Greedy: always the one with the most new features per expected second, until none that is left fits. First single
 * features count; when all are covered, pairs of them (this test on that many LLCs, this profile on that kernel); then the
 * cheapest of the rest, so that a budget for all takes all. Gain only shrinks as more is covered, so a queue of stale gains gives the same picks as
 * looking at all of them each time (Minoux, "Accelerated greedy algorithms", 1978).
 */
public final class Budget {
    private final double seconds;

    /** A budget of that many seconds. */
    public Budget(double seconds) {
        this.seconds = seconds;
    }

    /**
     * What was picked.
     *
     * @param taken in the order of picking
     * @param expectedSeconds the sum of their costs
     * @param uncovered single features that no picked variant has
     */
    public record Picked(List<Weighed> taken, double expectedSeconds, Set<String> uncovered) {}

    /** A variant while it is being picked from: {@code rank} is its place in the order of keys, which breaks ties. */
    private static final class Entry {
        final Weighed weighed;
        final int rank;
        final long[] single;
        long[] features;
        double score;
        boolean taken;

        Entry(Weighed weighed, int rank, long[] single) {
            this.weighed = weighed;
            this.rank = rank;
            this.single = single;
            this.features = single;
        }

        void rate(Set<Long> covered) {
            int gain = 0;
            for (long feature : features) {
                gain += covered.contains(feature) ? 0 : 1;
            }
            score = gain / Math.max(weighed.seconds(), 0.001);
        }
    }

    /** Picks. The same variants and costs give the same picks, whatever order they come in. */
    public Picked pick(List<Weighed> all) {
        List<Entry> entries = entries(all);
        List<Weighed> taken = new ArrayList<>();
        double spent = round(entries, taken, 0);
        entries.forEach(entry -> entry.features = pairs(entry.single));
        spent = round(entries, taken, spent);
        List<Entry> rest = new ArrayList<>(entries);
        rest.removeIf(entry -> entry.taken);
        rest.sort(Comparator.comparingDouble(entry -> entry.weighed.seconds())); // stable: equal costs stay in order
        for (Entry entry : rest) {
            spent = take(entry, taken, spent);
        }
        Set<String> uncovered = new TreeSet<>();
        all.forEach(w -> uncovered.addAll(w.candidate().features()));
        taken.forEach(w -> w.candidate().features().forEach(uncovered::remove));
        return new Picked(List.copyOf(taken), spent, uncovered);
    }

    private static List<Entry> entries(List<Weighed> all) {
        Map<String, Weighed> byKey = new TreeMap<>();
        all.forEach(w -> byKey.put(w.candidate().key(), w));
        Map<String, Long> ids = new HashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Weighed weighed : byKey.values()) {
            long[] single = weighed.candidate().features().stream()
                    .mapToLong(f -> ids.computeIfAbsent(f, key -> (long) ids.size()))
                    .toArray();
            entries.add(new Entry(weighed, entries.size(), single));
        }
        return entries;
    }

    /** Takes it if it fits; answers what is spent then. */
    private double take(Entry entry, List<Weighed> taken, double spent) {
        if (spent + entry.weighed.seconds() > seconds) {
            return spent;
        }
        entry.taken = true;
        taken.add(entry.weighed);
        return spent + entry.weighed.seconds();
    }

    private double round(List<Entry> entries, List<Weighed> taken, double before) {
        Set<Long> covered = new HashSet<>();
        entries.stream().filter(entry -> entry.taken).forEach(entry -> addAll(covered, entry.features));
        PriorityQueue<Entry> queue = new PriorityQueue<>(
                Comparator.comparingDouble((Entry e) -> -e.score).thenComparingInt(e -> e.rank));
        for (Entry entry : entries) {
            if (!entry.taken) {
                entry.rate(covered);
                queue.add(entry);
            }
        }
        double spent = before;
        while (!queue.isEmpty()) {
            Entry best = queue.remove();
            double stale = best.score;
            best.rate(covered);
            if (best.score == 0) {
                continue;
            }
            if (best.score < stale) {
                queue.add(best);
                continue;
            }
            spent = take(best, taken, spent);
            if (best.taken) {
                addAll(covered, best.features);
            }
        }
        return spent;
    }

    private static void addAll(Set<Long> covered, long[] features) {
        for (long feature : features) {
            covered.add(feature);
        }
    }

    private static long[] pairs(long[] single) {
        long[] both = new long[single.length * (single.length - 1) / 2];
        int n = 0;
        for (int a = 0; a < single.length; a++) {
            for (int b = a + 1; b < single.length; b++) {
                both[n++] = single[a] << 32 | single[b];
            }
        }
        return both;
    }
}
