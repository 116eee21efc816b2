package dev.ktstr.select;

import dev.ktstr.run.Options;
import dev.ktstr.run.RunException;
import dev.ktstr.select.Shard.Weighed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.CRC32;

/**
 * What a run takes of all variants, and why. First tags decide, then the budget picks from what is left, then that is split
 * over the shards. A variant that can only be skipped costs nothing: the budget always takes it, so that the reason is told.
 */
public final class Selection {
    /** What becomes of a variant. */
    public enum Status {
        /** It is run. */
        SELECTED,
        /** It is taken, and skipped with a reason. */
        SKIPPED,
        /** It is not taken. */
        LEFT_OUT
    }

    /**
     * One variant.
     *
     * @param candidate which
     * @param status what becomes of it
     * @param seconds expected cost
     * @param learnt whether the cost is from earlier runs
     * @param reason why, in words
     */
    public record Decided(Candidate candidate, Status status, double seconds, boolean learnt, String reason) {}

    private final Map<String, Decided> decided = new LinkedHashMap<>();
    private final List<String> summary = new ArrayList<>();

    private Selection() {}

    /** Whether these options leave anything out beside what tags do. */
    public static boolean narrows(Options options) {
        return budget(options).isPresent() || Shard.of(options).isPresent();
    }

    /**
     * Where costs are learnt from: the folder that {@code ktstr.costs} names, else what earlier runs left in
     * {@code target/ktstr}. Shards learn only from what was named: each job must come to the same split, and what lies in
     * one job's {@code target} need not be in another's.
     */
    public static Costs costs(Options options, Path baseDir) {
        Optional<String> named = options.get("costs");
        if (named.isPresent()) {
            Path folder = baseDir.resolve(named.get());
            if (!folder.toFile().isDirectory()) {
                throw RunException.setup(
                        "options",
                        "-Dktstr.costs=" + named.get() + ": there is no folder " + folder.toAbsolutePath()
                                + ". Hint: name a folder with result files of earlier runs, such as target/ktstr.");
            }
            return Costs.learn(folder);
        }
        return Shard.of(options).isPresent() ? Costs.estimates() : Costs.learn(baseDir.resolve("target/ktstr"));
    }

    private static OptionalDouble budget(Options options) {
        Optional<String> text = options.get("budget");
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        try {
            double seconds = Double.parseDouble(text.get());
            if (seconds > 0 && Double.isFinite(seconds)) {
                return OptionalDouble.of(seconds);
            }
        } catch (NumberFormatException e) {
            // Said below, with the option's name.
        }
        throw RunException.setup(
                "options",
                "-Dktstr.budget=" + text.get() + " is not a number of seconds above zero. Hint: -Dktstr.budget=600.");
    }

    /**
     * Decides.
     *
     * @param all the project's variants
     * @param tags which tags are wanted
     * @param skipReason why a variant can only be skipped; asked with the host left aside where there are shards
     * @throws RunException when an option is wrong, or the budget is too small for any variant
     */
    public static Selection of(
            List<Candidate> all,
            Predicate<Set<String>> tags,
            Function<Candidate, Optional<String>> skipReason,
            Options options,
            Costs costs) {
        OptionalDouble budget = budget(options);
        Optional<Shard> shard = Shard.of(options);
        Selection selection = new Selection();
        List<Weighed> wanted = new ArrayList<>();
        for (Candidate candidate : all) {
            Set<String> own = candidate.shape().tags();
            if (!tags.test(own)) {
                selection.put(candidate, Status.LEFT_OUT, costs, tagReason(own));
            } else if (candidate.shape().test().ignored()) {
                selection.put(candidate, Status.LEFT_OUT, costs, "ignore = true");
            } else {
                Optional<String> skip = skipReason.apply(candidate);
                selection.put(
                        candidate, skip.isPresent() ? Status.SKIPPED : Status.SELECTED, costs, skip.orElse("runs"));
                wanted.add(new Weighed(candidate, skip.isPresent() ? 0 : costs.seconds(candidate.shape())));
            }
        }
        List<Weighed> taken = wanted;
        if (budget.isPresent()) {
            taken = selection.keepWithin(budget.getAsDouble(), taken, costs);
        }
        if (shard.isPresent()) {
            selection.keepShard(shard.get(), taken, costs);
        }
        return selection;
    }

    private static String tagReason(Set<String> own) {
        return own.isEmpty() ? "has none of the tags asked for" : "tagged " + String.join(", ", new TreeSet<>(own));
    }

    private void put(Candidate candidate, Status status, Costs costs, String reason) {
        OptionalDouble learnt = costs.learnt(candidate.shape());
        double seconds = status == Status.SKIPPED ? 0 : costs.seconds(candidate.shape());
        decided.put(candidate.key(), new Decided(candidate, status, seconds, learnt.isPresent(), reason));
    }

    private List<Weighed> keepWithin(double seconds, List<Weighed> wanted, Costs costs) {
        List<Weighed> skipped = wanted.stream().filter(w -> w.seconds() == 0).toList();
        List<Weighed> runnable = wanted.stream().filter(w -> w.seconds() > 0).toList();
        Budget.Picked picked = new Budget(seconds).pick(runnable);
        if (picked.taken().isEmpty() && !runnable.isEmpty()) {
            double least = runnable.stream().mapToDouble(Weighed::seconds).min().orElse(0);
            throw RunException.setup(
                    "options",
                    text(
                            "-Dktstr.budget=%.0f is too small for any of %d variants: the cheapest is expected to take %.0f s."
                                    + " Hint: raise it.",
                            seconds, runnable.size(), least));
        }
        leaveOut(runnable, picked.taken(), costs, text("over the budget of %.0f s", seconds));
        long learnt = picked.taken().stream()
                .filter(w -> costs.learnt(w.candidate().shape()).isPresent())
                .count();
        summary.add(text(
                "budget %.0f s: %d of %d variants, %.0f s expected (cost of %d learnt, of %d estimated)",
                seconds,
                picked.taken().size(),
                runnable.size(),
                picked.expectedSeconds(),
                learnt,
                picked.taken().size() - learnt));
        if (!picked.uncovered().isEmpty()) {
            summary.add("  not covered: " + capped(picked.uncovered()));
        }
        int left = runnable.size() - picked.taken().size();
        if (left > 0) {
            summary.add("  left out: " + left + " variants; 'mvn ktstr:list' with the same options names them");
        }
        List<Weighed> both = new ArrayList<>(skipped);
        both.addAll(picked.taken());
        return both;
    }

    private void keepShard(Shard shard, List<Weighed> wanted, Costs costs) {
        List<Weighed> mine = shard.take(wanted);
        leaveOut(wanted, mine, costs, "in another shard than " + shard.index() + "/" + shard.count());
        CRC32 plan = new CRC32();
        wanted.stream()
                .map(w -> w.candidate().key() + text(" %.3f", w.seconds()))
                .sorted()
                .forEach(line -> plan.update(line.getBytes(StandardCharsets.UTF_8)));
        summary.add(text(
                "shard %d/%d (%s) of plan %08x: %d of %d variants, %.0f s expected of %.0f s in all",
                shard.index(),
                shard.count(),
                shard.origin(),
                plan.getValue(),
                mine.size(),
                wanted.size(),
                mine.stream().mapToDouble(Weighed::seconds).sum(),
                wanted.stream().mapToDouble(Weighed::seconds).sum()));
    }

    private void leaveOut(List<Weighed> from, List<Weighed> kept, Costs costs, String reason) {
        Set<String> keys = new HashSet<>();
        kept.forEach(w -> keys.add(w.candidate().key()));
        from.stream()
                .map(Weighed::candidate)
                .filter(c -> !keys.contains(c.key()))
                .forEach(c -> put(c, Status.LEFT_OUT, costs, reason));
    }

    private static String capped(Set<String> names) {
        int most = 12;
        String some = String.join(", ", names.stream().limit(most).toList());
        return names.size() > most ? some + ", and " + (names.size() - most) + " more" : some;
    }

    private static String text(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }

    /** All variants, in the order given. */
    public List<Decided> all() {
        return List.copyOf(decided.values());
    }

    /** Whether a variant is taken; one that is not known is. */
    public boolean takes(Candidate candidate) {
        Decided known = decided.get(candidate.key());
        return known == null || known.status() != Status.LEFT_OUT;
    }

    /** What a person should know of what was left out, by budget and shard; empty without them. */
    public List<String> summary() {
        return List.copyOf(summary);
    }
}
