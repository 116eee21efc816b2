package dev.ktstr.monitor;

import dev.ktstr.vm.sched.RunqueueSample;
import dev.ktstr.vm.sched.SchedDomain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that was sampled in one run. An immutable value.
 *
 * @param cpus numbers of the CPUs, in the order of the readings' places
 * @param interval wanted between two samples
 * @param turns how many vCPUs take turns on one thread of the host
 * @param readings in the order of time
 * @param events sched_ext's counters over all CPUs: by how much they grew; empty where there were none
 * @param schedstat by how much these fields grew, by CPU; empty where this kernel does not keep them
 * @param schedstatsOn whether the counts among them were kept; the times always are
 * @param domains the scheduling domains by CPU; empty where they could not be read
 * @param inconsistent runqueues that never stood still while they were read
 * @param costNs how long each sample took, sorted
 * @param notes what kept it from seeing all
 */
record Recording(
        List<Integer> cpus,
        Duration interval,
        int turns,
        List<Reading> readings,
        Map<String, Long> events,
        Map<Integer, RunqueueSample.Schedstat> schedstat,
        boolean schedstatsOn,
        Map<Integer, List<SchedDomain>> domains,
        long inconsistent,
        List<Long> costNs,
        List<String> notes) {
    Recording {
        cpus = List.copyOf(cpus);
        readings = List.copyOf(readings);
        costNs = List.copyOf(costNs);
        notes = List.copyOf(notes);
    }

    /** How far apart the first and the last sample are. */
    Duration length() {
        return readings.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(readings.get(readings.size() - 1).takenNs()
                        - readings.get(0).takenNs());
    }

    /** Cost of the sample in the middle of all sorted ones, or empty when there is none. */
    Optional<Duration> medianCost() {
        return costNs.isEmpty() ? Optional.empty() : Optional.of(Duration.ofNanos(costNs.get(costNs.size() / 2)));
    }

    /** The greatest imbalance of a reading over these groups of CPUs' places: most over least runnable tasks, at least 1. */
    static double imbalance(Reading reading, List<int[]> groups) {
        double worst = 1;
        for (int[] group : groups) {
            int most = Integer.MIN_VALUE;
            int least = Integer.MAX_VALUE;
            for (int cpu : group) {
                if (reading.has(cpu)) {
                    most = Math.max(most, reading.nrRunning(cpu));
                    least = Math.min(least, reading.nrRunning(cpu));
                }
            }
            if (most > Integer.MIN_VALUE) {
                worst = Math.max(worst, (double) most / Math.max(1, least));
            }
        }
        return worst;
    }
}
