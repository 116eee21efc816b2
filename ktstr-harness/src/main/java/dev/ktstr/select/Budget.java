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

    private static final class Entry {
        final Weighed weighed;
        final long[] features;
        double score;

        Entry(Weighed weighed, long[] features) {
            this.weighed = weighed;
            this.features = features;
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
        Map<String, Integer> ids = new HashMap<>();
        List<Weighed> left = new ArrayList<>(all);
        left.sort(Comparator.comparing(w -> w.candidate().key()));
        List<Weighed> taken = new ArrayList<>();
        double spent = 0;
        for (boolean pairs : new boolean[] {false, true}) {
            left.removeAll(new HashSet<>(taken));
            spent = round(left, ids, pairs, taken, spent);
        }
        left.removeAll(new HashSet<>(taken));
        left.sort(Comparator.comparingDouble(Weighed::seconds)); // stable, so equal costs stay in the order of keys
        for (Weighed weighed : left) {
            if (spent + weighed.seconds() <= seconds) {
                taken.add(weighed);
                spent += weighed.seconds();
            }
        }
        Set<String> uncovered = new TreeSet<>();
        all.forEach(w -> uncovered.addAll(w.candidate().features()));
        taken.forEach(w -> w.candidate().features().forEach(uncovered::remove));
        return new Picked(List.copyOf(taken), spent, uncovered);
    }

    private double round(
            List<Weighed> left, Map<String, Integer> ids, boolean pairs, List<Weighed> taken, double before) {
        Set<Long> covered = new HashSet<>();
        taken.forEach(w -> addAll(covered, features(w.candidate(), ids, pairs)));
        PriorityQueue<Entry> queue = new PriorityQueue<>(Comparator.comparingDouble((Entry e) -> -e.score)
                .thenComparing(e -> e.weighed.candidate().key()));
        for (Weighed weighed : left) {
            Entry entry = new Entry(weighed, features(weighed.candidate(), ids, pairs));
            entry.rate(covered);
            queue.add(entry);
        }
        double spent = before;
        while (!queue.isEmpty()) {
            Entry best = queue.remove();
            double stale = best.score;
            best.rate(covered);
            if (best.score == 0 || spent + best.weighed.seconds() > seconds) {
                continue;
            }
            if (best.score < stale) {
                queue.add(best);
                continue;
            }
            taken.add(best.weighed);
            spent += best.weighed.seconds();
            addAll(covered, best.features);
        }
        return spent;
    }

    private static void addAll(Set<Long> covered, long[] features) {
        for (long feature : features) {
            covered.add(feature);
        }
    }

    /** The features as numbers: each alone, or each pair of them. */
    private static long[] features(Candidate candidate, Map<String, Integer> ids, boolean pairs) {
        long[] single = candidate.features().stream()
                .mapToLong(f -> ids.computeIfAbsent(f, key -> ids.size()))
                .toArray();
        if (!pairs) {
            return single;
        }
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
