package dev.ktstr.vm.sched;

import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Samples the runqueues of all CPUs while the guest runs. Offsets are looked up once; a sample is reads alone. Safe from any
 * thread.
 */
public final class Monitor {
    private static final int ATTEMPTS = 3;

    private final KernelMemory memory;
    private final long runqueues;
    private final RqFields fields;
    private final Optional<ScxEvents> events;
    private final int[] cpus;

    /**
     * A monitor of that kernel.
     *
     * @throws dev.ktstr.vm.btf.BtfException when its {@code struct rq} lacks what every kernel has
     */
    public Monitor(KernelStructs structs) {
        memory = structs.memory();
        runqueues = memory.symbol("runqueues");
        fields = new RqFields(structs);
        events = ScxEvents.of(structs);
        cpus = memory.possibleCpus();
    }

    /** CPUs that are sampled: all that may ever be online. */
    public int[] cpus() {
        return cpus.clone();
    }

    /** Whether this kernel keeps sched_ext event counters. */
    public boolean hasEvents() {
        return events.isPresent();
    }

    /** The address of a CPU's {@code struct rq}. @throws KernelAccessException when its per-CPU area is not set up */
    public long runqueue(int cpu) {
        return memory.perCpu(runqueues, cpu);
    }

    /** Samples all CPUs. */
    public MonitorSample sample() {
        List<RunqueueSample> samples = new ArrayList<>(cpus.length);
        List<Integer> absent = new ArrayList<>();
        OptionalLong counters = counters();
        long now = System.nanoTime();
        for (int cpu : cpus) {
            Optional<RunqueueSample> sample = one(cpu, counters);
            sample.ifPresentOrElse(samples::add, () -> absent.add(cpu));
        }
        return new MonitorSample(now, samples, absent);
    }

    private OptionalLong counters() {
        if (events.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return events.get().base();
        } catch (KernelAccessException e) {
            // The scheduler ended between two reads, and its state is freed: there are no counters now.
            return OptionalLong.empty();
        }
    }

    private Optional<RunqueueSample> one(int cpu, OptionalLong counters) {
        long rq;
        try {
            rq = memory.perCpu(runqueues, cpu);
            // init_idle() sets both, at boot for CPU 0 and when it first comes up for another.
            if (memory.readInt(rq + fields.cpu) != cpu || memory.readLong(rq + fields.idle) == 0) {
                return Optional.empty();
            }
        } catch (KernelAccessException e) {
            // Its per-CPU area is not there yet: absent, as MonitorSample says.
            return Optional.empty();
        }
        RunqueueSample sample = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long before = memory.readLong(rq + fields.clock);
            sample = read(cpu, rq, before, counters);
            if (sample.consistent()) {
                break;
            }
        }
        return Optional.ofNullable(sample);
    }

    private RunqueueSample read(int cpu, long rq, long clock, OptionalLong counters) {
        int running = memory.readInt(rq + fields.nrRunning);
        long switches = memory.readLong(rq + fields.nrSwitches);
        boolean idle = memory.readLong(rq + fields.curr) == memory.readLong(rq + fields.idle);
        Optional<RunqueueSample.Scx> scx = fields.scx(memory, rq);
        Optional<RunqueueSample.Schedstat> stats = fields.schedstat(memory, rq);
        Map<String, Long> counts = counts(cpu, counters);
        boolean consistent = memory.readLong(rq + fields.clock) == clock;
        return new RunqueueSample(cpu, running, clock, switches, idle, scx, stats, counts, consistent);
    }

    private Map<String, Long> counts(int cpu, OptionalLong counters) {
        if (events.isEmpty() || counters.isEmpty()) {
            return Map.of();
        }
        try {
            return events.get().read(counters.getAsLong(), cpu);
        } catch (KernelAccessException e) {
            // As in counters(): the scheduler has ended.
            return Map.of();
        }
    }
}
