package dev.ktstr.vm.sched;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All CPUs at about one moment.
 *
 * @param takenNs when, by the host's {@link System#nanoTime}
 * @param cpus those whose runqueue is set up, in order
 * @param absent those whose is not, as early in the boot
 */
public record MonitorSample(long takenNs, List<RunqueueSample> cpus, List<Integer> absent) {
    public MonitorSample {
        cpus = List.copyOf(cpus);
        absent = List.copyOf(absent);
    }

    /** The event counters, each over all CPUs; empty where there are none. */
    public Map<String, Long> events() {
        Map<String, Long> sum = new TreeMap<>();
        cpus.forEach(cpu -> cpu.events().forEach((name, value) -> sum.merge(name, value, Long::sum)));
        return sum;
    }
}
