package dev.ktstr.result;

import dev.ktstr.CgroupStats;
import dev.ktstr.LatencyHistogram;
import dev.ktstr.ScenarioStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of a result: one line for a list, and the whole of a failure, its reason first. */
public final class ReportText {
    private ReportText() {}

    /** {@code PASS [ 11.34s] ktstr/mixedWorkloads [sched=scx-ktstr] [topo=1n2l2c1t] [kernel=6.12.117] [backend=qemu]}. */
    public static String line(Outcome outcome) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%s [%6.2fs] %s %s",
                outcome.verdict(),
                outcome.timings().getOrDefault("total", 0.0) / 1000,
                outcome.displayName(),
                outcome.tags()));
        Object kernel = outcome.facts().get("kernel");
        if (kernel instanceof java.util.Map<?, ?> map && map.get("label") != null) {
            line.append(" [kernel=").append(map.get("label")).append(']');
        }
        if (outcome.facts().get("backend") != null) {
            line.append(" [backend=").append(outcome.facts().get("backend")).append(']');
        }
        return line.toString();
    }

    /** What stands below the line of what passed or was skipped: why it was, or which error was expected and came. */
    public static List<String> reasons(Outcome outcome) {
        String word = outcome.verdict() == Verdict.PASS ? "  expected: " : "  ";
        return outcome.verdict() == Verdict.PASS || outcome.verdict() == Verdict.SKIP
                ? outcome.details().stream()
                        .map(line -> word + line.replace("\n", "\n    "))
                        .toList()
                : List.of();
    }

    /** The message of what did not pass: what failed, the numbers behind it, then logs. */
    public static String failure(Outcome outcome) {
        List<String> lines = new ArrayList<>();
        lines.add("ktstr_test '" + outcome.name() + "' " + outcome.tags() + " " + word(outcome.verdict()) + ":");
        outcome.details().forEach(detail -> lines.add("  " + detail.replace("\n", "\n  ")));
        if (!outcome.stats().isEmpty()) {
            lines.add("--- stats ---");
            lines.addAll(stats(outcome.stats()));
        }
        outcome.sections().forEach((name, text) -> {
            lines.add("--- " + name + " ---");
            lines.add(text.stripTrailing());
        });
        outcome.sidecar().ifPresent(file -> lines.add("result: " + file));
        return String.join("\n", lines);
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case PASS -> "passed";
            case FAIL -> "failed";
            case INCONCLUSIVE -> "is inconclusive";
            case SKIP -> "skipped";
        };
    }

    /** The roll-up and one line per cgroup. */
    public static List<String> stats(List<CgroupStats> stats) {
        ScenarioStats all = new ScenarioStats(stats);
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                        Locale.ROOT,
                        "%d workers, %d cpus, %d migrations, worst_spread=%.1f%%, worst_gap=%dms",
                        all.totalWorkers(),
                        all.totalCpus(),
                        all.totalMigrations(),
                        all.worstSpreadPct(),
                        all.worstGapMs())
                + wakes(", ", all.wakeLatency()));
        for (int i = 0; i < stats.size(); i++) {
            CgroupStats cgroup = stats.get(i);
            lines.add(String.format(
                            Locale.ROOT,
                            "  cg%d: workers=%d cpus=%d spread=%.1f%% gap=%dms migrations=%d iter=%d",
                            i,
                            cgroup.workerCount(),
                            cgroup.cpus(),
                            cgroup.spreadPct(),
                            cgroup.gapMs(),
                            cgroup.migrations(),
                            cgroup.iterations())
                    + wakes(" ", cgroup.wakeLatency())
                    + locality(cgroup));
        }
        return lines;
    }

    private static String wakes(String separator, LatencyHistogram wakes) {
        return wakes.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%swake_p50=%.1fus%swake_p99=%.1fus",
                        separator,
                        wakes.percentileNs(50).orElseThrow() / 1e3,
                        separator,
                        wakes.percentileNs(99).orElseThrow() / 1e3);
    }

    /** Only where memory can be in the wrong place. */
    private static String locality(CgroupStats cgroup) {
        boolean numa = cgroup.workers().stream()
                .flatMap(w -> w.pages().stream())
                .anyMatch(pages -> pages.perNode().size() > 1);
        return numa && cgroup.pageLocality().isPresent()
                ? String.format(
                        Locale.ROOT,
                        " local_pages=%.1f%%",
                        100 * cgroup.pageLocality().getAsDouble())
                : "";
    }
}
