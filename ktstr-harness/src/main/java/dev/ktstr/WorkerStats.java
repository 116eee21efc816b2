package dev.ktstr;

import dev.ktstr.annotations.Claimable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one worker measured of itself, from its release to its end. What could not be measured is absent.
 *
 * @param tid its thread id in the guest
 * @param pid the process it belongs to; its own id unless it is a thread
 * @param group number of its group of workers in the scenario
 * @param index its number in the group, from 0
 * @param releasedNs when it was released, {@code CLOCK_MONOTONIC} of the guest
 * @param messenger whether it wakes others rather than do the work: it is not compared with them
 * @param workUnits units of work done
 * @param iterations rounds through its work
 * @param cpuTimeNs CPU time
 * @param wallTimeNs wall time
 * @param offCpuNs wall time less CPU time
 * @param migrations checkpoints that found it on another CPU than the one before
 * @param lastMigrations the last of them, at most 256, in order
 * @param cpuUse the CPUs it was seen on, one entry per cpuset that its cgroup had, in order
 * @param longestGap longest time between two checkpoints, sleep of its own wish taken off; empty when it reached none
 * @param schedStats what the kernel says of its waiting and running; empty where the kernel has no schedstat
 * @param wakeLatency from being woken to running, of work types that sleep until they are woken; else without samples
 * @param pages where its memory lies; empty when that was not looked at
 * @param waitStatus how it ended, as {@code wait(2)} gives it
 * @param completed whether it ended by itself when told to, with its report whole
 * @param error why it could not do its work, as it says itself; empty when it could
 */
@Claimable(subject = "tid")
public record WorkerStats(
        int tid,
        int pid,
        int group,
        int index,
        long releasedNs,
        boolean messenger,
        long workUnits,
        long iterations,
        long cpuTimeNs,
        long wallTimeNs,
        long offCpuNs,
        long migrations,
        List<Migration> lastMigrations,
        List<CpuUse> cpuUse,
        Optional<Gap> longestGap,
        Optional<SchedStats> schedStats,
        LatencyHistogram wakeLatency,
        Optional<Pages> pages,
        int waitStatus,
        boolean completed,
        Optional<String> error) {
    /** Copies the lists. */
    public WorkerStats {
        lastMigrations = List.copyOf(lastMigrations);
        cpuUse = List.copyOf(cpuUse);
    }

    /** A change of CPU: when, since the worker's release, and between which. */
    public record Migration(long atNs, int fromCpu, int toCpu) {}

    /**
     * The CPUs it was seen on while its cgroup had one cpuset.
     *
     * @param allowed the cpuset, ascending; empty when every CPU was allowed
     * @param used ascending
     */
    public record CpuUse(List<Integer> allowed, List<Integer> used) {
        /** Copies the lists. */
        public CpuUse {
            allowed = List.copyOf(allowed);
            used = List.copyOf(used);
        }

        /** The CPUs it was on and should not have been, ascending. */
        public List<Integer> outside() {
            if (allowed.isEmpty()) {
                return List.of();
            }
            TreeSet<Integer> outside = new TreeSet<>(used);
            allowed.forEach(outside::remove);
            return List.copyOf(outside);
        }
    }

    /** A gap: its length, the CPU on which it ended, and when it began, since the worker's release. */
    public record Gap(long lengthNs, int cpu, long atNs) {
        /** Length in ms, rounded down. */
        public long lengthMs() {
            return lengthNs / 1_000_000;
        }
    }

    /**
     * The kernel's own account ({@code /proc/PID/task/TID/schedstat}), from release to end.
     *
     * @param runDelayNs time runnable but not running
     * @param runCount times put on a CPU
     * @param cpuTimeNs time on a CPU
     */
    public record SchedStats(long runDelayNs, long runCount, OptionalLong cpuTimeNs) {}

    /**
     * Where its memory lies.
     *
     * @param perNode pages by NUMA node
     * @param local pages on the nodes that its memory policy or its cpuset names
     * @param slowTier pages on nodes without CPUs
     * @param required whether its memory policy names nodes: then having no page at all is no locality
     * @param migrated pages the kernel moved between nodes meanwhile; empty when that was not measured
     */
    public record Pages(
            SortedMap<Integer, Long> perNode, long local, long slowTier, boolean required, OptionalLong migrated) {
        /** Copies the map. */
        public Pages {
            perNode = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(perNode));
        }

        /** All its pages. */
        public long total() {
            return perNode.values().stream().mapToLong(n -> n).sum();
        }
    }

    /** Share of its wall time that it was not on a CPU, in percent. */
    public double offCpuPct() {
        return wallTimeNs <= 0 ? 0 : 100.0 * offCpuNs / wallTimeNs;
    }

    /** The CPUs it was seen on, ascending. */
    public List<Integer> cpusUsed() {
        TreeSet<Integer> all = new TreeSet<>();
        cpuUse.forEach(use -> all.addAll(use.used()));
        return List.copyOf(all);
    }

    /** Longest gap in ms, rounded down; 0 without one. */
    public long longestGapMs() {
        return longestGap.map(Gap::lengthMs).orElse(0L);
    }

    /** Work units per second of CPU time; 0 when it had none. */
    public double workRate() {
        return cpuTimeNs <= 0 ? 0 : workUnits * 1e9 / cpuTimeNs;
    }

    /** Iterations per second of wall time; 0 when it had none. */
    public double iterationRate() {
        return wallTimeNs <= 0 ? 0 : iterations * 1e9 / wallTimeNs;
    }

    /** Time runnable but not running, as the kernel counts it. */
    public OptionalLong runDelayNs() {
        return schedStats.map(s -> OptionalLong.of(s.runDelayNs())).orElse(OptionalLong.empty());
    }
}
