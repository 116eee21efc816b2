package dev.ktstr.result;

import dev.ktstr.CgroupStats;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

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
        Set<Integer> cpus = new HashSet<>();
        stats.forEach(c -> c.workers().forEach(w -> cpus.addAll(w.cpusUsed())));
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d workers, %d cpus, %d migrations, worst_spread=%.1f%%, worst_gap=%dms",
                stats.stream().mapToInt(c -> c.workers().size()).sum(),
                cpus.size(),
                stats.stream().mapToLong(CgroupStats::migrations).sum(),
                stats.stream().mapToDouble(CgroupStats::spreadPct).max().orElse(0),
                stats.stream().mapToLong(CgroupStats::gapMs).max().orElse(0)));
        for (int i = 0; i < stats.size(); i++) {
            CgroupStats cgroup = stats.get(i);
            lines.add(String.format(
                    Locale.ROOT,
                    "  cg%d: workers=%d cpus=%d spread=%.1f%% gap=%dms migrations=%d iter=%d",
                    i,
                    cgroup.workers().size(),
                    cgroup.cpus(),
                    cgroup.spreadPct(),
                    cgroup.gapMs(),
                    cgroup.migrations(),
                    cgroup.iterations()));
        }
        return lines;
    }
}
