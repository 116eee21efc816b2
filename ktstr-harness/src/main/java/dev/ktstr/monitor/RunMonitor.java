package dev.ktstr.monitor;

import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.inspect.InspectException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.vm.sched.SchedDomain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The monitor of one run: samples from {@link #start} to {@link #stop}, hears what the scenario does, and tells afterwards what
 * it saw. A kernel that cannot be read is no failure of the run: the result says why there is nothing.
 */
public final class RunMonitor {
    private final Duration interval;
    private final CpuGroups cpuGroups = new CpuGroups();
    private final GuestClock clock = new GuestClock();
    private final List<long[]> scenarios = new ArrayList<>();
    private @Nullable Sampler sampler;
    private @Nullable Recording recording;
    private @Nullable String absent;
    private long startedNs = System.nanoTime();
    private volatile int scenario;

    /** A monitor that samples at that interval. */
    public RunMonitor(Duration interval) {
        this.interval = interval;
    }

    /**
     * Begins to sample.
     *
     * @param vcpuThreads the host's threads that run the vCPUs
     * @param ended whether the guest has; its memory stands still then and says no more
     */
    public void start(KernelView kernel, List<Long> vcpuThreads, BooleanSupplier ended) {
        startedNs = System.nanoTime();
        try {
            Sampler made = new Sampler(kernel.structs(), kernel.monitor(), vcpuThreads, interval, ended);
            made.start();
            sampler = made;
        } catch (InspectException e) {
            absent = e.getMessage();
        }
    }

    /** A scenario begins. */
    public void scenarioStarted(ScenarioPlan plan) {
        cpuGroups.add(plan);
        scenario = scenarios.size();
        scenarios.add(new long[] {System.nanoTime(), Long.MAX_VALUE});
    }

    /** The scenario did something to the guest. Safe from any thread while it runs. */
    public void event(StimulusEvent event) {
        clock.hear(scenario, event, System.nanoTime());
    }

    /** The scenario has ended. */
    public void scenarioEnded() {
        scenarios.get(scenarios.size() - 1)[1] = System.nanoTime();
    }

    /** Takes no more samples. Idempotent. */
    public void stop() {
        Sampler running = sampler;
        if (running != null && recording == null) {
            running.stop();
            recording = running.recording();
        }
    }

    /** Why there is nothing, or not all; after {@link #stop}. */
    public List<String> notes() {
        if (absent != null) {
            return List.of("no monitor: " + absent);
        }
        return recording == null ? List.of() : recording.notes();
    }

    private long zeroNs() {
        return scenarios.isEmpty() ? startedNs : scenarios.get(0)[0];
    }

    private List<int[]> groups(Recording seen) {
        return cpuGroups.of(seen.cpus());
    }

    /** What does not hold, by those thresholds; nothing where nothing was seen. */
    public List<Violation> violations(MergedChecks checks) {
        Recording seen = recording;
        return seen == null ? List.of() : new MonitorChecks(seen, groups(seen), zeroNs(), checks).judge();
    }

    /** The run in few numbers. */
    public Optional<MonitorSummary> summary() {
        return Optional.ofNullable(recording).flatMap(seen -> MonitorSummary.of(seen, groups(seen)));
    }

    /** Samples and events together; empty where nothing was sampled. */
    public Optional<Timeline> timeline() {
        Recording seen = recording;
        if (seen == null || seen.readings().isEmpty()) {
            return Optional.empty();
        }
        long zero = zeroNs();
        List<Timeline.Window> windows = scenarios.stream()
                .map(w -> new Timeline.Window(w[0] - zero, (w[1] == Long.MAX_VALUE ? System.nanoTime() : w[1]) - zero))
                .toList();
        return Optional.of(Timeline.of(seen, groups(seen), windows, clock.events(zero), zero, clock.dropped()));
    }

    /**
     * Adds {@code monitor} and {@code timeline} to the result file, and {@code timeline} to the sections of a failure.
     *
     * @param checks the thresholds in force
     */
    public void contribute(MergedChecks checks, Map<String, Object> sidecar, Map<String, String> sections) {
        Map<String, Object> monitor = new LinkedHashMap<>();
        if (absent != null) {
            monitor.put("absent", absent);
        }
        Recording seen = recording;
        summary().ifPresent(summary -> MonitorJson.put(summary, monitor));
        if (seen != null) {
            int sustained = new MonitorChecks(seen, groups(seen), zeroNs(), checks).sustained();
            monitor.put("sustainedSamples", sustained);
            Map<Integer, List<SchedDomain>> domains = seen.domains();
            if (!domains.isEmpty()) {
                monitor.put("schedDomains", MonitorJson.domains(domains));
            }
        }
        if (!notes().isEmpty()) {
            monitor.put("notes", notes());
        }
        sidecar.put("monitor", monitor);
        timeline().ifPresent(timeline -> {
            sidecar.put("timeline", MonitorJson.timeline(timeline));
            sections.put("timeline", new TimelineText(timeline).render());
        });
    }
}
