package dev.ktstr.it.bench;

import dev.ktstr.WorkerStats;
import dev.ktstr.it.Runs;
import dev.ktstr.it.Workloads;
import dev.ktstr.result.Outcome;
import dev.ktstr.run.Options;
import dev.ktstr.run.VariantRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether the guest notices the watchpoint on its scheduler's {@code exit_kind}: the same work with and without it, by turns. Prints a
 * table; takes some minutes.
 */
public final class WatchBench {
    private WatchBench() {}

    /** Runs it; {@code -Dktstr.kernel} chooses the kernel, the first argument how many rounds. */
    public static void main(String[] args) {
        int rounds = args.length == 0 ? 15 : Integer.parseInt(args[0]);
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        run(true);
        for (int i = 0; i < rounds; i++) {
            // By turns, and each first in every other round, so that a host that gets slower slows both.
            boolean first = i % 2 == 0;
            (first ? with : without).add(run(first));
            (first ? without : with).add(run(!first));
        }
        double on = median(with);
        double off = median(without);
        System.out.printf(Locale.ROOT, "work units per CPU-second, median of %d runs of each%n", rounds);
        System.out.printf(Locale.ROOT, "%-30s %12.1f%n", "without the watchpoint", off);
        System.out.printf(Locale.ROOT, "%-30s %12.1f%n", "with it", on);
        System.out.printf(Locale.ROOT, "%-30s %11.2f%%%n", "difference", 100 * (off - on) / off);
    }

    private static double run(boolean watch) {
        Options options = Runs.options(Map.of("ktstr.exit.watch", String.valueOf(watch)));
        Outcome outcome = new VariantRun("dev.ktstr.it.Fixtures#watches", options, Path.of(""))
                .execute(Workloads::contended)
                .outcome();
        if (!outcome.details().isEmpty()) {
            throw new IllegalStateException(String.join("\n", outcome.details()));
        }
        return outcome.stats().get(0).workers().stream()
                .mapToDouble(WorkerStats::workRate)
                .average()
                .orElseThrow();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
