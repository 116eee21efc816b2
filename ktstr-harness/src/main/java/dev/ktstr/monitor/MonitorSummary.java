package dev.ktstr.monitor;

import dev.ktstr.vm.sched.RunqueueSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the monitor saw in one run, in few numbers. What was not measured is empty, never 0.
 *
 * @param samples how many were taken
 * @param interval wanted between two
 * @param length from the first to the last
 * @param longestStep longest time between two, so how well the interval was kept
 * @param maxImbalance the greatest ratio of a sample
 * @param maxLocalDsqDepth most tasks in a local dispatch queue
 * @param cpus each CPU
 * @param events sched_ext's counters over all CPUs: by how much they grew
 * @param schedstatsOn whether the counts in {@link Cpu#schedstat} were kept; the times always are
 * @param inconsistent runqueues that moved each time they were read, so that their values may be of two moments
 * @param waitingShare which part of the time that they could have run the vCPUs waited for the host, 0 to 1
 * @param stealShare which part of the host's own time was stolen from it
 * @param medianCost what a sample took, the one in the middle
 * @param maxCost what a sample took at most
 */
public record MonitorSummary(
        int samples,
        Duration interval,
        Duration length,
        Duration longestStep,
        double maxImbalance,
        OptionalInt maxLocalDsqDepth,
        List<Cpu> cpus,
        Map<String, Long> events,
        boolean schedstatsOn,
        long inconsistent,
        double waitingShare,
        Optional<Double> stealShare,
        Duration medianCost,
        Duration maxCost) {
    /**
     * One CPU.
     *
     * @param cpu its number
     * @param maxNrRunning most runnable tasks
     * @param meanNrRunning on average over the samples
     * @param stillSamples samples in which its clock stood where it was in the one before, though there were tasks to run
     * @param switches context switches from the first to the last sample
     * @param schedstat by how much these fields grew; empty where this kernel does not keep them
     */
    public record Cpu(
            int cpu,
            int maxNrRunning,
            double meanNrRunning,
            int stillSamples,
            long switches,
            Optional<RunqueueSample.Schedstat> schedstat) {}

    public MonitorSummary {
        cpus = List.copyOf(cpus);
    }

    /** Of a recording; empty when nothing was sampled. */
    static Optional<MonitorSummary> of(Recording recording, List<int[]> groups) {
        List<Reading> readings = recording.readings();
        if (readings.isEmpty()) {
            return Optional.empty();
        }
        int[] deepest = {Reading.ABSENT};
        double imbalance = 1;
        long step = 0;
        for (int i = 0; i < readings.size(); i++) {
            Reading reading = readings.get(i);
            imbalance = Math.max(imbalance, Recording.imbalance(reading, groups));
            step = i == 0
                    ? 0
                    : Math.max(step, reading.takenNs() - readings.get(i - 1).takenNs());
            for (int cpu = 0; cpu < reading.cpus(); cpu++) {
                deepest[0] = Math.max(deepest[0], reading.localDsq(cpu));
            }
        }
        HostTimes first = readings.get(0).host();
        HostTimes last = readings.get(readings.size() - 1).host();
        long[] costs = recording.costNs().stream().mapToLong(Long::longValue).toArray();
        return Optional.of(new MonitorSummary(
                readings.size(),
                recording.interval(),
                recording.length(),
                Duration.ofNanos(step),
                imbalance,
                deepest[0] == Reading.ABSENT ? OptionalInt.empty() : OptionalInt.of(deepest[0]),
                cpus(recording),
                recording.events(),
                recording.schedstatsOn(),
                recording.inconsistent(),
                last.waitingShareSince(first),
                last.stealShareSince(first),
                recording.medianCost().orElse(Duration.ZERO),
                Duration.ofNanos(Arrays.stream(costs).max().orElse(0))));
    }

    private static List<Cpu> cpus(Recording recording) {
        List<Cpu> cpus = new ArrayList<>();
        for (int place = 0; place < recording.cpus().size(); place++) {
            int at = place;
            List<Reading> seen =
                    recording.readings().stream().filter(r -> r.has(at)).toList();
            if (seen.isEmpty()) {
                continue; // it never came up: absent
            }
            int still = 0;
            for (int i = 1; i < seen.size(); i++) {
                boolean stood = seen.get(i).clockNs(at) == seen.get(i - 1).clockNs(at);
                still += stood
                                && seen.get(i).nrRunning(at) > 0
                                && seen.get(i - 1).nrRunning(at) > 0
                        ? 1
                        : 0;
            }
            int number = recording.cpus().get(place);
            cpus.add(new Cpu(
                    number,
                    seen.stream().mapToInt(r -> r.nrRunning(at)).max().orElseThrow(),
                    seen.stream().mapToInt(r -> r.nrRunning(at)).average().orElseThrow(),
                    still,
                    seen.get(seen.size() - 1).switches(at) - seen.get(0).switches(at),
                    Optional.ofNullable(recording.schedstat().get(number))));
        }
        return cpus;
    }
}
