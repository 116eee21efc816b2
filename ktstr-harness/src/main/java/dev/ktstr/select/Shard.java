package dev.ktstr.select;

import dev.ktstr.run.Options;
import dev.ktstr.run.RunException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several jobs that share a run's variants.
 *
 * @param index which one, from 1
 * @param count how many there are
 * @param origin what said so, for messages
 */
public record Shard(int index, int count, String origin) {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,6})/(\\d{1,6})");
    private static final String CURE = "Hint: say which with -Dktstr.shard=i/n, or -Dktstr.shard=off for all.";

    /**
     * The shard of this run: {@code -Dktstr.shard=i/n} or {@code KTSTR_SHARD}; else {@code CI_NODE_INDEX} (from 1) with
     * {@code CI_NODE_TOTAL}, as GitLab sets them; else {@code JOB_COMPLETION_INDEX} (from 0), as Kubernetes sets it in an
     * indexed Job, with {@code -Dktstr.shard.total} or {@code KTSTR_SHARD_TOTAL}, for Kubernetes does not tell a pod how many
     * there are.
     *
     * @throws RunException when what is set does not name a shard
     */
    public static Optional<Shard> of(Options options) {
        Optional<String> given = options.get("shard");
        if (given.isPresent()) {
            return given.get().equals("off") ? Optional.empty() : Optional.of(parse(given.get()));
        }
        Optional<String> node = variable(options, "CI_NODE_INDEX");
        if (node.isPresent()) {
            String total = variable(options, "CI_NODE_TOTAL")
                    .orElseThrow(() -> bad("CI_NODE_INDEX=" + node.get()
                            + " is set and CI_NODE_TOTAL is not, so it is not known how many jobs share the run"));
            return Optional.of(checked(
                    number("CI_NODE_INDEX", node.get()),
                    number("CI_NODE_TOTAL", total),
                    "CI_NODE_INDEX=" + node.get() + ", CI_NODE_TOTAL=" + total));
        }
        Optional<String> job = variable(options, "JOB_COMPLETION_INDEX");
        if (job.isPresent()) {
            String total = options.get("shard.total")
                    .orElseThrow(() -> bad("JOB_COMPLETION_INDEX=" + job.get()
                            + " is set, and Kubernetes does not tell how many pods the Job has. Hint: pass the number as"
                            + " KTSTR_SHARD_TOTAL or -Dktstr.shard.total"));
            return Optional.of(checked(
                    number("JOB_COMPLETION_INDEX", job.get()) + 1,
                    number("-Dktstr.shard.total", total),
                    "JOB_COMPLETION_INDEX=" + job.get() + " (from 0) of " + total));
        }
        return Optional.empty();
    }

    private static Shard parse(String text) {
        Matcher m = SHAPE.matcher(text);
        if (!m.matches()) {
            throw bad("-Dktstr.shard=" + text + " is not of the form i/n, such as 2/5");
        }
        return checked(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), "-Dktstr.shard=" + text);
    }

    private static Shard checked(int index, int count, String origin) {
        if (count < 1 || index < 1 || index > count) {
            throw bad(origin + ": shards are numbered from 1 to their count, so this is none");
        }
        return new Shard(index, count, origin);
    }

    private static int number(String name, String text) {
        if (!text.matches("\\d{1,6}")) {
            throw bad(name + "=" + text + " is not a whole number");
        }
        return Integer.parseInt(text);
    }

    private static Optional<String> variable(Options options, String name) {
        return Optional.ofNullable(options.environment().get(name)).filter(text -> !text.isBlank());
    }

    private static RunException bad(String what) {
        return RunException.setup("options", what + ". " + CURE);
    }

    /** A variant and what it is expected to cost. */
    public record Weighed(Candidate candidate, double seconds) {}

    /**
     * Splits variants so that the sums of their costs are near each other: the dearest first, each to the shard that has
     * least. The same variants and costs give the same split, whatever order they come in.
     *
     * @return this shard's
     */
    public List<Weighed> take(List<Weighed> all) {
        List<Weighed> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingDouble(Weighed::seconds)
                .reversed()
                .thenComparing(w -> w.candidate().key()));
        double[] load = new double[count];
        List<Weighed> mine = new ArrayList<>();
        for (Weighed one : sorted) {
            int least = 0;
            for (int i = 1; i < count; i++) {
                least = load[i] < load[least] ? i : least;
            }
            load[least] += one.seconds();
            if (least == index - 1) {
                mine.add(one);
            }
        }
        return mine;
    }
}
