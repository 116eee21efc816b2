package dev.ktstr;

import java.util.List;

/**
 * What one worker measured of itself, from its release to its end.
 *
 * @param tid its thread id in the guest
 * @param workUnits units of work done
 * @param iterations rounds through its work
 * @param cpuTimeNs CPU time
 * @param wallTimeNs wall time
 * @param offCpuNs wall time less CPU time
 * @param migrations checkpoints that found it on another CPU than the one before
 * @param cpusUsed the CPUs it was seen on, ascending
 * @param longestGapNs longest time between two checkpoints, sleep of its own wish taken off
 * @param longestGapCpu the CPU it was on after that gap
 * @param longestGapAtNs when that gap ended, since its release
 * @param runDelayNs time runnable but not running, from schedstat
 * @param runCount times put on a CPU, from schedstat
 * @param waitStatus how it ended, as {@code wait(2)} gives it
 * @param completed whether it ended by itself when told to, with its report whole
 */
public record WorkerStats(
        int tid,
        long workUnits,
        long iterations,
        long cpuTimeNs,
        long wallTimeNs,
        long offCpuNs,
        long migrations,
        List<Integer> cpusUsed,
        long longestGapNs,
        int longestGapCpu,
        long longestGapAtNs,
        long runDelayNs,
        long runCount,
        int waitStatus,
        boolean completed) {
    /** Copies the list. */
    public WorkerStats {
        cpusUsed = List.copyOf(cpusUsed);
    }

    /** Share of its wall time that it was not on a CPU, in percent. */
    public double offCpuPct() {
        return wallTimeNs <= 0 ? 0 : 100.0 * offCpuNs / wallTimeNs;
    }

    /** Longest gap in ms, rounded down. */
    public long longestGapMs() {
        return longestGapNs / 1_000_000;
    }

    /** Work units per second of CPU time; 0 when it had none. */
    public double workRate() {
        return cpuTimeNs <= 0 ? 0 : workUnits * 1e9 / cpuTimeNs;
    }
}
