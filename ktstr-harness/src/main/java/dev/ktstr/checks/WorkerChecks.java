package dev.ktstr.checks;

import dev.ktstr.CgroupStats;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkerStats;
import dev.ktstr.WorkerStats.CpuUse;
import dev.ktstr.WorkerStats.Gap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Checks on whether workers ran at all, where they should, and evenly. One function each, without side effects. */
final class WorkerChecks {
    private static final double NS_PER_MS = 1e6;

    private WorkerChecks() {}

    /** A worker that was killed, or could not do its work, has no report to judge. */
    static Stream<Violation> completed(CgroupStats cgroup) {
        return cgroup.workers().stream()
                .filter(w -> !w.completed() || w.error().isPresent())
                .map(w -> Violation.of("tid " + w.tid() + " of cgroup '" + cgroup.name() + "' did not complete ("
                        + ending(w.waitStatus()) + w.error().map(e -> ": " + e).orElse("") + ")"));
    }

    private static String ending(int waitStatus) {
        int signal = waitStatus & 0x7f;
        return signal != 0 ? "killed by signal " + signal : "exit code " + (waitStatus >> 8 & 0xff);
    }

    /** A worker has done something. */
    static Stream<Violation> starved(CgroupStats cgroup) {
        return cgroup.workers().stream()
                .filter(w -> w.workUnits() == 0)
                .map(w -> Violation.of("tid " + w.tid() + " starved (0 work units)", nothingDone(w)));
    }

    private static Excuse nothingDone(WorkerStats w) {
        return Excuse.nothingDone(w.releasedNs(), w.releasedNs() + w.wallTimeNs());
    }

    /** Workers of a cgroup were off the CPU for about the same share of their time. */
    static Stream<Violation> spread(CgroupStats cgroup, double limitPct) {
        long peers = cgroup.workers().stream().filter(w -> !w.messenger()).count();
        if (peers < 2 || !(cgroup.spreadPct() > limitPct)) {
            return Stream.empty();
        }
        String line = Numbers.format(
                "unfair cgroup: spread=%.0f%% (%.0f-%.0f%%) %d workers on %d cpus (threshold %s%%)",
                cgroup.spreadPct(),
                cgroup.minOffCpuPct(),
                cgroup.maxOffCpuPct(),
                peers,
                cgroup.cpus(),
                Numbers.limit(limitPct));
        return Stream.of(Violation.of(
                line,
                Excuse.tooMuch(Numbers.begin(cgroup), Numbers.end(cgroup), cgroup.spreadPct() / 100, limitPct / 100)));
    }

    /** No worker was kept from its next checkpoint for too long. */
    static Stream<Violation> gap(CgroupStats cgroup, double limitMs) {
        return cgroup.workers().stream()
                .filter(w -> w.longestGapMs() > limitMs)
                .flatMap(w -> w.longestGap().stream().map(gap -> stuck(w, gap, limitMs)));
    }

    private static Violation stuck(WorkerStats w, Gap gap, double limitMs) {
        long from = w.releasedNs() + gap.atNs();
        String line = "tid " + w.tid() + " stuck " + gap.lengthMs() + "ms on cpu" + gap.cpu() + " at +"
                + gap.atNs() / 1_000_000 + "ms (threshold " + Numbers.limit(limitMs) + "ms)";
        return Violation.of(line, Excuse.tooLong(from, from + gap.lengthNs(), limitMs * NS_PER_MS));
    }

    /** No worker was seen on a CPU that its cpuset did not have at the time. */
    static Stream<Violation> isolation(CgroupStats cgroup) {
        return cgroup.workers().stream().flatMap(w -> outside(cgroup, w));
    }

    private static Stream<Violation> outside(CgroupStats cgroup, WorkerStats worker) {
        Set<String> lines = new LinkedHashSet<>();
        for (CpuUse use : worker.cpuUse()) {
            List<Integer> outside = use.outside();
            if (!outside.isEmpty()) {
                lines.add("tid " + worker.tid() + " of cgroup '" + cgroup.name() + "' ran on cpus "
                        + TestTopology.format(new TreeSet<>(outside)) + " outside its cpuset "
                        + TestTopology.format(new TreeSet<>(use.allowed())));
            }
        }
        return lines.stream().map(Violation::of);
    }
}
