package dev.ktstr.vm.sched;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One CPU's runqueue at one moment. What this kernel does not keep is empty.
 *
 * @param nrRunning runnable tasks, the running one included
 * @param clockNs {@code rq->clock}
 * @param nrSwitches context switches since boot
 * @param idle whether the idle task runs
 * @param scx sched_ext's part
 * @param schedstat what {@code /proc/schedstat} shows, with {@code CONFIG_SCHEDSTATS}
 * @param events sched_ext's event counters on this CPU by name, {@code SCX_EV_SELECT_CPU_FALLBACK}; empty where the kernel
 *     has none, or no sched_ext scheduler is loaded
 * @param consistent whether the clock stood still while this was read; else the values may be of two moments
 */
public record RunqueueSample(
        int cpu,
        int nrRunning,
        long clockNs,
        long nrSwitches,
        boolean idle,
        Optional<Scx> scx,
        Optional<Schedstat> schedstat,
        Map<String, Long> events,
        boolean consistent) {
    /**
     * sched_ext's part of a runqueue.
     *
     * @param nrRunning tasks of sched_ext's class
     * @param localDsqDepth tasks in the CPU's own dispatch queue
     * @param flags {@code SCX_RQ_…}
     */
    public record Scx(int nrRunning, int localDsqDepth, int flags) {}

    /** Fields of {@code struct rq} as in a {@code cpuN} line of {@code /proc/schedstat}, in its order; times in ns. */
    public record Schedstat(
            long yldCount,
            long schedCount,
            long schedGoidle,
            long ttwuCount,
            long ttwuLocal,
            long cpuTime,
            long runDelay,
            OptionalLong pcount) {}
}
