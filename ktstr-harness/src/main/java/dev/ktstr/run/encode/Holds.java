package dev.ktstr.run.encode;

import dev.ktstr.HoldSpec;
import dev.ktstr.Step;
import dev.ktstr.guest.wire.HoldPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Works out how long each step holds. */
final class Holds {
    /** Fractions that should add up to one may be off by this. */
    private static final long SLACK_NS = 1_000_000;

    private Holds() {}

    /**
     * The hold of each step; loops without a length of their own share what the others leave.
     *
     * @throws IllegalArgumentException when they do not fit into the duration
     */
    static List<HoldPlan> of(List<Step> steps, Duration duration) {
        long all = duration.toNanos();
        List<Long> times = new ArrayList<>();
        long taken = 0;
        int open = 0;
        for (Step step : steps) {
            long time = time(step.hold(), all);
            times.add(time);
            taken = Math.addExact(taken, Math.max(0, time));
            open += time < 0 ? 1 : 0;
        }
        if (taken > all + SLACK_NS) {
            throw new IllegalArgumentException("the steps hold for " + text(taken) + " in all "
                    + times.stream().map(Holds::text).toList()
                    + ", and the test lasts " + text(all)
                    + ". Hint: raise durationS, or hold for fractions that add up to 1 at most");
        }
        List<HoldPlan> plans = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            long time = times.get(i) < 0 ? (all - taken) / open : times.get(i);
            requireOps(steps.get(i), i);
            plans.add(steps.get(i).hold() instanceof HoldSpec.Loop loop ? loop(loop, time, i) : HoldPlan.fixed(time));
        }
        return plans;
    }

    private static void requireOps(Step step, int index) {
        if (step.hold() instanceof HoldSpec.Loop && step.ops().isEmpty()) {
            throw new IllegalArgumentException("step " + (index + 1)
                    + " loops and has no ops to repeat. Hint: give it some, or hold it with frac or fixed");
        }
    }

    private static HoldPlan loop(HoldSpec.Loop loop, long time, int step) {
        long interval = loop.interval().toNanos();
        if (interval > time) {
            throw new IllegalArgumentException(
                    "step " + (step + 1) + ": a loop at intervals of " + text(interval)
                            + " does not fit into the " + text(Math.max(0, time))
                            + " that are left for it. Hint: a longer durationS, shorter holds before and after, or a shorter interval");
        }
        return HoldPlan.loop(time, interval);
    }

    /** The time of a hold in ns, -1 for what the others leave. */
    private static long time(HoldSpec hold, long all) {
        if (hold instanceof HoldSpec.Fraction part) {
            return Math.round(all * part.fraction());
        }
        if (hold instanceof HoldSpec.Fixed fixed) {
            return fixed.duration().toNanos();
        }
        HoldSpec total = ((HoldSpec.Loop) hold).total();
        return total == null ? -1 : time(total, all);
    }

    private static String text(long ns) {
        if (ns < 0) {
            return "the rest";
        }
        return ns % 1_000_000_000 == 0 ? ns / 1_000_000_000 + " s" : ns / 1_000_000 + " ms";
    }
}
