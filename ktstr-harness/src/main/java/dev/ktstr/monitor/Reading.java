package dev.ktstr.monitor;

import dev.ktstr.vm.sched.MonitorSample;
import dev.ktstr.vm.sched.RunqueueSample;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept of a sample: some bytes per CPU, for a run has hundreds. CPUs are known by their place among those that are
 * watched. A value that was not measured is {@link #ABSENT}.
 */
final class Reading {
    static final int ABSENT = -1;
    static final String FALLBACK = "SCX_EV_SELECT_CPU_FALLBACK";
    static final String KEEP_LAST = "SCX_EV_DISPATCH_KEEP_LAST";

    private final long takenNs;
    private final HostTimes host;
    private final int[] nrRunning;
    private final int[] localDsq;
    private final long[] clockNs;
    private final long[] switches;
    private final long[] cpuTimeNs;
    private final boolean[] idle;
    private final long[] fallback;
    private final long[] keepLast;

    private Reading(long takenNs, HostTimes host, int cpus) {
        this.takenNs = takenNs;
        this.host = host;
        nrRunning = filled(cpus);
        localDsq = filled(cpus);
        clockNs = new long[cpus];
        switches = new long[cpus];
        cpuTimeNs = new long[cpus];
        idle = new boolean[cpus];
        fallback = new long[cpus];
        keepLast = new long[cpus];
        for (long[] counts : new long[][] {clockNs, switches, cpuTimeNs, fallback, keepLast}) {
            Arrays.fill(counts, ABSENT);
        }
    }

    private static int[] filled(int size) {
        int[] values = new int[size];
        Arrays.fill(values, ABSENT);
        return values;
    }

    /** Of a sample; {@code place} leads from a CPU's number to its place. */
    static Reading of(MonitorSample sample, HostTimes host, Map<Integer, Integer> place) {
        Reading reading = new Reading(sample.takenNs(), host, place.size());
        for (RunqueueSample cpu : sample.cpus()) {
            int at = place.get(cpu.cpu());
            reading.nrRunning[at] = cpu.nrRunning();
            reading.clockNs[at] = cpu.clockNs();
            reading.switches[at] = cpu.nrSwitches();
            reading.idle[at] = cpu.idle();
            reading.cpuTimeNs[at] =
                    cpu.schedstat().map(RunqueueSample.Schedstat::cpuTime).orElse((long) ABSENT);
            reading.localDsq[at] =
                    cpu.scx().map(RunqueueSample.Scx::localDsqDepth).orElse(ABSENT);
            reading.fallback[at] =
                    Optional.ofNullable(cpu.events().get(FALLBACK)).orElse((long) ABSENT);
            reading.keepLast[at] =
                    Optional.ofNullable(cpu.events().get(KEEP_LAST)).orElse((long) ABSENT);
        }
        return reading;
    }

    int cpus() {
        return nrRunning.length;
    }

    /** When, by {@link System#nanoTime}. */
    long takenNs() {
        return takenNs;
    }

    HostTimes host() {
        return host;
    }

    /** Whether that CPU's runqueue was there. */
    boolean has(int cpu) {
        return nrRunning[cpu] != ABSENT;
    }

    int nrRunning(int cpu) {
        return nrRunning[cpu];
    }

    int localDsq(int cpu) {
        return localDsq[cpu];
    }

    long clockNs(int cpu) {
        return clockNs[cpu];
    }

    long switches(int cpu) {
        return switches[cpu];
    }

    /** Whether its idle task ran. */
    boolean idle(int cpu) {
        return idle[cpu];
    }

    /** How long tasks other than the idle one have run on it, up to the last that left it. */
    long cpuTimeNs(int cpu) {
        return cpuTimeNs[cpu];
    }

    long fallback(int cpu) {
        return fallback[cpu];
    }

    long keepLast(int cpu) {
        return keepLast[cpu];
    }
}
