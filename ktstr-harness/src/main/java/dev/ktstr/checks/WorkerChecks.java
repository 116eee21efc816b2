package dev.ktstr.checks;

import dev.ktstr.CgroupStats;
import dev.ktstr.TestTopology;
import dev.ktstr.Threshold;
import dev.ktstr.WorkerStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeSet;

/** The checks over workers' reports. One line per violation, in the order of cgroups, then workers. */
public final class WorkerChecks {
    private WorkerChecks() {}

    /** Judges every cgroup. An empty list means that all hold. */
    public static List<String> judge(List<CgroupStats> cgroups, MergedChecks checks) {
        List<String> lines = new ArrayList<>();
        for (CgroupStats cgroup : cgroups) {
            completed(cgroup, lines);
            if (checks.on(Threshold.NOT_STARVED)) {
                starved(cgroup, lines);
                checks.limit(Threshold.MAX_SPREAD_PCT).ifPresent(limit -> spread(cgroup, limit, lines));
                checks.limit(Threshold.MAX_GAP_MS).ifPresent(limit -> gap(cgroup, limit, lines));
            }
            if (checks.on(Threshold.ISOLATION)) {
                isolation(cgroup, lines);
            }
            throughput(cgroup, checks, lines);
        }
        return lines;
    }

    private static void completed(CgroupStats cgroup, List<String> lines) {
        for (WorkerStats worker : cgroup.workers()) {
            if (!worker.completed()) {
                lines.add("tid " + worker.tid() + " of cgroup '" + cgroup.name() + "' did not complete ("
                        + ending(worker.waitStatus()) + ")");
            }
        }
    }

    private static String ending(int waitStatus) {
        int signal = waitStatus & 0x7f;
        return signal != 0 ? "killed by signal " + signal : "exit code " + (waitStatus >> 8 & 0xff);
    }

    private static void starved(CgroupStats cgroup, List<String> lines) {
        for (WorkerStats worker : cgroup.workers()) {
            if (worker.workUnits() == 0) {
                lines.add("tid " + worker.tid() + " starved (0 work units)");
            }
        }
    }

    private static void spread(CgroupStats cgroup, double limit, List<String> lines) {
        if (cgroup.workers().size() > 1 && cgroup.spreadPct() > limit) {
            lines.add(String.format(
                    Locale.ROOT,
                    "unfair cgroup: spread=%.0f%% (%.0f-%.0f%%) %d workers on %d cpus (threshold %s%%)",
                    cgroup.spreadPct(),
                    cgroup.minOffCpuPct(),
                    cgroup.maxOffCpuPct(),
                    cgroup.workers().size(),
                    cgroup.cpus(),
                    number(limit)));
        }
    }

    private static void gap(CgroupStats cgroup, double limit, List<String> lines) {
        for (WorkerStats worker : cgroup.workers()) {
            if (worker.longestGapMs() > limit) {
                lines.add("tid " + worker.tid() + " stuck " + worker.longestGapMs() + "ms on cpu"
                        + worker.longestGapCpu() + " at +" + worker.longestGapAtNs() / 1_000_000 + "ms (threshold "
                        + number(limit) + "ms)");
            }
        }
    }

    private static void isolation(CgroupStats cgroup, List<String> lines) {
        if (cgroup.cpuset().isEmpty()) {
            return;
        }
        for (WorkerStats worker : cgroup.workers()) {
            TreeSet<Integer> outside = new TreeSet<>(worker.cpusUsed());
            cgroup.cpuset().forEach(outside::remove);
            if (!outside.isEmpty()) {
                lines.add("tid " + worker.tid() + " of cgroup '" + cgroup.name() + "' ran on cpus "
                        + TestTopology.format(outside) + " outside its cpuset "
                        + TestTopology.format(cgroup.cpuset()));
            }
        }
    }

    private static void throughput(CgroupStats cgroup, MergedChecks checks, List<String> lines) {
        OptionalDouble maxCv = checks.limit(Threshold.MAX_THROUGHPUT_CV);
        if (maxCv.isPresent() && cgroup.throughputCv() > maxCv.getAsDouble()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "uneven throughput in cgroup '%s': cv=%.2f of work units per CPU-second over %d workers (threshold %s)",
                    cgroup.name(),
                    cgroup.throughputCv(),
                    cgroup.workers().size(),
                    number(maxCv.getAsDouble())));
        }
        OptionalDouble minRate = checks.limit(Threshold.MIN_WORK_RATE);
        for (WorkerStats worker : cgroup.workers()) {
            if (minRate.isPresent() && worker.workRate() < minRate.getAsDouble()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "tid %d too slow: %.1f work units per CPU-second (threshold %s)",
                        worker.tid(),
                        worker.workRate(),
                        number(minRate.getAsDouble())));
            }
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
