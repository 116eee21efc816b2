package dev.ktstr.monitor;

import dev.ktstr.vm.sched.MonitorSample;
import dev.ktstr.vm.sched.RunqueueSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A recording as a test wants it: CPUs that are well, 100 ms apart, and then changed at will. */
final class Readings {
    static final long STEP_NS = 100_000_000;

    /** A CPU at one sample. */
    static final class Cpu {
        int nrRunning = 1;
        int localDsq;
        long clockNs;
        long switches;
        long cpuTimeNs;
        long fallback;
        long keepLast;
        boolean idle;
        boolean there = true;
        boolean scx = true;
    }

    final List<List<Cpu>> samples = new ArrayList<>();
    private final int cpus;
    private final List<HostTimes> host = new ArrayList<>();
    int turns = 1;

    /** So many samples of so many CPUs, each with one task that runs. */
    Readings(int cpus, int count) {
        this.cpus = cpus;
        for (int i = 0; i < count; i++) {
            List<Cpu> sample = new ArrayList<>();
            for (int c = 0; c < cpus; c++) {
                Cpu cpu = new Cpu();
                cpu.clockNs = i * STEP_NS;
                cpu.cpuTimeNs = i * STEP_NS;
                cpu.switches = i * 10L;
                sample.add(cpu);
            }
            samples.add(sample);
            host.add(HostTimes.of(filled(i * STEP_NS), filled(0)));
        }
    }

    private long[] filled(long value) {
        long[] values = new long[cpus];
        java.util.Arrays.fill(values, value);
        return values;
    }

    interface Change {
        void of(Cpu cpu, int index);
    }

    /** Changes a CPU in the samples {@code [from, to)}. */
    Readings with(int cpu, int from, int to, Change change) {
        for (int i = from; i < to; i++) {
            change.of(samples.get(i).get(cpu), i);
        }
        return this;
    }

    /** From that sample on, the host lets the vCPUs wait for that part of the time. */
    Readings waiting(int from, double share) {
        for (int i = from; i < samples.size(); i++) {
            long waited = (long) ((i - from + 1) * STEP_NS * share);
            host.set(i, HostTimes.of(filled(i * STEP_NS - waited), filled(waited)));
        }
        return this;
    }

    Recording recording() {
        Map<Integer, Integer> place = new HashMap<>();
        List<Integer> numbers = new ArrayList<>();
        for (int c = 0; c < cpus; c++) {
            place.put(c, c);
            numbers.add(c);
        }
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            readings.add(Reading.of(sample(i), host.get(i), place));
        }
        return new Recording(
                numbers,
                Duration.ofNanos(STEP_NS),
                turns,
                readings,
                Map.of(),
                Map.of(),
                false,
                Map.of(),
                0,
                List.of(10_000L, 20_000L, 90_000L),
                List.of());
    }

    private MonitorSample sample(int index) {
        List<RunqueueSample> there = new ArrayList<>();
        List<Integer> absent = new ArrayList<>();
        for (int c = 0; c < cpus; c++) {
            Cpu cpu = samples.get(index).get(c);
            if (cpu.there) {
                there.add(runqueue(c, cpu));
            } else {
                absent.add(c);
            }
        }
        return new MonitorSample(index * STEP_NS, there, absent);
    }

    private static RunqueueSample runqueue(int number, Cpu cpu) {
        Map<String, Long> events = new LinkedHashMap<>();
        if (cpu.scx) {
            events.put(Reading.FALLBACK, cpu.fallback);
            events.put(Reading.KEEP_LAST, cpu.keepLast);
        }
        return new RunqueueSample(
                number,
                cpu.nrRunning,
                cpu.clockNs,
                cpu.switches,
                cpu.idle,
                cpu.scx ? Optional.of(new RunqueueSample.Scx(cpu.nrRunning, cpu.localDsq, 0)) : Optional.empty(),
                Optional.of(new RunqueueSample.Schedstat(0, 0, 0, 0, 0, cpu.cpuTimeNs, 0, OptionalLong.empty())),
                events,
                true);
    }
}
