package dev.ktstr.result;

import dev.ktstr.CgroupStats;
import dev.ktstr.LatencyHistogram;
import dev.ktstr.ScenarioStats;
import dev.ktstr.WorkerStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Statistics as the sidecar has them: per worker, per cgroup, and totals. What was not measured is absent. */
public final class StatsJson {
    private StatsJson() {}

    /** The statistics of cgroups, empty for none. */
    public static Map<String, Object> of(List<CgroupStats> stats) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (stats.isEmpty()) {
            return all;
        }
        ScenarioStats scenario = new ScenarioStats(stats);
        all.put("cgroups", stats.stream().map(StatsJson::cgroup).toList());
        all.put("totalWorkers", scenario.totalWorkers());
        all.put("totalCpus", scenario.totalCpus());
        all.put("totalMigrations", scenario.totalMigrations());
        all.put("totalIterations", scenario.totalIterations());
        all.put("totalWorkUnits", scenario.totalWorkUnits());
        all.put("worstSpreadPct", scenario.worstSpreadPct());
        all.put("worstGapMs", scenario.worstGapMs());
        wakes(all, scenario.wakeLatency(), false);
        return all;
    }

    private static Map<String, Object> cgroup(CgroupStats cgroup) {
        Map<String, Object> one = new LinkedHashMap<>();
        if (cgroup.step() >= 0) {
            one.put("step", cgroup.step());
        } else {
            one.put("backdrop", true);
        }
        one.put("name", cgroup.name());
        if (!cgroup.cpuset().isEmpty()) {
            one.put("cpuset", cgroup.cpuset());
        }
        one.put("spreadPct", cgroup.spreadPct());
        one.put("gapMs", cgroup.gapMs());
        one.put("throughputCv", cgroup.throughputCv());
        put(one, "minWorkRate", cgroup.minWorkRate());
        put(one, "minIterationRate", cgroup.minIterationRate());
        put(one, "migrationRatio", cgroup.migrationRatio());
        put(one, "runDelayNs", cgroup.runDelayNs());
        wakes(one, cgroup.wakeLatency(), true);
        put(one, "pageLocality", cgroup.pageLocality());
        put(one, "crossNodeMigrationRatio", cgroup.crossNodeMigrationRatio());
        put(one, "slowTierRatio", cgroup.slowTierRatio());
        one.put("workers", cgroup.workers().stream().map(StatsJson::worker).toList());
        return one;
    }

    private static Map<String, Object> worker(WorkerStats worker) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("tid", worker.tid());
        one.put("pid", worker.pid());
        one.put("group", worker.group());
        one.put("index", worker.index());
        if (worker.messenger()) {
            one.put("messenger", true);
        }
        if (worker.releasedNs() > 0) {
            one.put("releasedNs", worker.releasedNs());
        }
        one.put("workUnits", worker.workUnits());
        one.put("iterations", worker.iterations());
        one.put("cpuTimeNs", worker.cpuTimeNs());
        one.put("wallTimeNs", worker.wallTimeNs());
        one.put("offCpuNs", worker.offCpuNs());
        one.put("migrations", worker.migrations());
        if (!worker.lastMigrations().isEmpty()) {
            one.put(
                    "lastMigrations",
                    worker.lastMigrations().stream()
                            .map(m -> ordered("atNs", m.atNs(), "from", m.fromCpu(), "to", m.toCpu()))
                            .toList());
        }
        one.put("cpusUsed", worker.cpusUsed());
        if (worker.cpuUse().stream().anyMatch(use -> !use.allowed().isEmpty())) {
            one.put("cpusets", worker.cpuUse().stream().map(StatsJson::use).toList());
        }
        worker.longestGap().ifPresent(gap -> {
            one.put("longestGapNs", gap.lengthNs());
            one.put("longestGapCpu", gap.cpu());
            one.put("longestGapAtNs", gap.atNs());
        });
        worker.schedStats().ifPresent(sched -> {
            one.put("runDelayNs", sched.runDelayNs());
            one.put("runCount", sched.runCount());
            put(one, "schedstatCpuNs", sched.cpuTimeNs());
        });
        wakes(one, worker.wakeLatency(), false);
        worker.pages().ifPresent(pages -> one.put("pages", pages(pages)));
        one.put("waitStatus", worker.waitStatus());
        one.put("completed", worker.completed());
        worker.error().ifPresent(error -> one.put("error", error));
        return one;
    }

    /** A cpuset that it had; {@code allowed} is absent where every CPU was allowed. */
    private static Map<String, Object> use(WorkerStats.CpuUse use) {
        return use.allowed().isEmpty()
                ? ordered("used", use.used())
                : ordered("allowed", use.allowed(), "used", use.used());
    }

    private static Map<String, Object> pages(WorkerStats.Pages pages) {
        Map<String, Object> one =
                ordered("perNode", pages.perNode(), "local", pages.local(), "slowTier", pages.slowTier());
        put(one, "migrated", pages.migrated());
        return one;
    }

    /** Buckets are kept per cgroup, where they can be merged with those of other runs. */
    private static void wakes(Map<String, Object> into, LatencyHistogram wakes, boolean buckets) {
        if (wakes.isEmpty()) {
            return;
        }
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("count", wakes.count());
        put(one, "minNs", wakes.minNs());
        put(one, "meanNs", wakes.meanNs());
        put(one, "p50Ns", wakes.percentileNs(50));
        put(one, "p90Ns", wakes.percentileNs(90));
        put(one, "p99Ns", wakes.percentileNs(99));
        put(one, "p999Ns", wakes.percentileNs(99.9));
        put(one, "maxNs", wakes.maxNs());
        put(one, "cv", wakes.cv());
        if (buckets) {
            List<List<Long>> all = new ArrayList<>();
            wakes.buckets().forEach(b -> all.add(List.of(b.fromNs(), b.count())));
            one.put("buckets", all);
        }
        into.put("wakeLatency", one);
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private static void put(Map<String, Object> into, String key, OptionalLong value) {
        value.ifPresent(v -> into.put(key, v));
    }

    private static void put(Map<String, Object> into, String key, OptionalDouble value) {
        value.ifPresent(v -> into.put(key, v));
    }
}
