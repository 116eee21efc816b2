package dev.ktstr.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ktstr.CgroupStats;
import dev.ktstr.result.StatsJson;
import dev.ktstr.result.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of a run on bare metal: rows for a table, lines, or JSON. */
public final class HostReport {
    /** Version of the JSON's shape. */
    public static final int SCHEMA = 1;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private HostReport() {}

    /** The table's head. */
    public static List<String> head() {
        return List.of("VERDICT", "SECONDS", "SCENARIO", "WORKERS", "SPREAD", "GAP", "MIGRATIONS", "ITERATIONS");
    }

    /** A scenario's row. */
    public static List<String> row(HostResult result) {
        List<CgroupStats> stats = result.stats();
        boolean none = stats.isEmpty();
        return List.of(
                result.verdict().toString(),
                String.format(Locale.ROOT, "%.1f", result.took().toNanos() / 1e9),
                result.scenario().toString(),
                none
                        ? "-"
                        : Integer.toString(
                                stats.stream().mapToInt(c -> c.workers().size()).sum()),
                none
                        ? "-"
                        : String.format(
                                Locale.ROOT,
                                "%.1f%%",
                                stats.stream()
                                        .mapToDouble(CgroupStats::spreadPct)
                                        .max()
                                        .orElse(0)),
                none ? "-" : stats.stream().mapToLong(CgroupStats::gapMs).max().orElse(0) + "ms",
                none
                        ? "-"
                        : Long.toString(stats.stream()
                                .mapToLong(CgroupStats::migrations)
                                .sum()),
                none
                        ? "-"
                        : Long.toString(stats.stream()
                                .mapToLong(CgroupStats::iterations)
                                .sum()));
    }

    /** What is to be said of those that did not pass. */
    public static List<String> remarks(List<HostResult> results) {
        List<String> lines = new ArrayList<>();
        for (HostResult result : results) {
            if (result.verdict() != Verdict.PASS) {
                lines.add(result.verdict() + " " + result.scenario() + ":");
                result.details().forEach(line -> lines.add("  " + line));
            }
        }
        return lines;
    }

    /** How many ended how: {@code 12 scenarios: 10 passed, 1 failed, 0 inconclusive, 1 skipped}. */
    public static String summary(List<HostResult> results) {
        return results.size() + " scenarios: " + count(results, Verdict.PASS) + " passed, "
                + count(results, Verdict.FAIL) + " failed, " + count(results, Verdict.INCONCLUSIVE)
                + " inconclusive, " + count(results, Verdict.SKIP) + " skipped";
    }

    private static long count(List<HostResult> results, Verdict verdict) {
        return results.stream().filter(r -> r.verdict() == verdict).count();
    }

    /** The whole run as JSON; the statistics as in a sidecar. */
    public static String json(HostFacts host, HostSettings settings, List<HostResult> results) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("schema", SCHEMA);
        root.put("host", host.json());
        root.put("durationMs", settings.duration().toMillis());
        root.put("workers", settings.workers());
        root.put("seed", settings.seed());
        settings.workType().ifPresent(type -> root.put("workType", type.toString()));
        root.put("scenarios", results.stream().map(HostReport::scenario).toList());
        try {
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of numbers and texts can always be written as JSON", e);
        }
    }

    private static Map<String, Object> scenario(HostResult result) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", result.scenario().name());
        one.put("group", result.scenario().group().label());
        one.put("verdict", result.verdict().key());
        one.put("details", result.details());
        one.put("tookMs", result.took().toMillis());
        one.put("stats", StatsJson.of(result.stats()));
        return one;
    }
}
