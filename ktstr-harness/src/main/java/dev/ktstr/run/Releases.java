package dev.ktstr.run;

import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.WorkerReport;
import java.util.List;
import java.util.Set;

/**
 * When workers were released. Reports say how long a worker worked, and events when workers were released; a worker that
 * lived until its step ended belongs to the release that is as long ago as it worked.
 */
final class Releases {
    /** Of a scenario that nothing is known of. */
    static final Releases NONE = new Releases(List.of(), List.of());

    private static final Set<String> OF_ONE_CGROUP = Set.of("spawn", "addCgroupDef", "spawnHost");

    private final List<StepReport> steps;
    private final List<StimulusEvent> events;

    Releases(ScenarioResult result) {
        this(result.steps(), result.events());
    }

    private Releases(List<StepReport> steps, List<StimulusEvent> events) {
        this.steps = steps;
        this.events = events;
    }

    /** The moment, {@code CLOCK_MONOTONIC} of the guest; 0 when nothing says it. */
    long of(WorkerReport report) {
        StepReport step = steps.stream()
                .filter(s -> s.step() == report.step() || report.step() < 0)
                .reduce((first, last) ->
                        report.step() < 0 ? new StepReport(-1, first.startedNs(), last.endedNs(), "", "") : last)
                .orElse(new StepReport(report.step(), 0, 0, "", ""));
        long expected = step.endedNs() - report.wallTimeNs();
        return events.stream()
                .filter(e -> e.step() == report.step())
                .filter(e -> e.what().equals("release")
                        || (OF_ONE_CGROUP.contains(e.what()) && e.subject().equals(report.cgroup())))
                .map(StimulusEvent::endedNs)
                .reduce((a, b) -> Math.abs(a - expected) <= Math.abs(b - expected) ? a : b)
                .orElse(step.startedNs());
    }
}
