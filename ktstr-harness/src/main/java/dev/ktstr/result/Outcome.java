package dev.ktstr.result;

import dev.ktstr.CgroupStats;
import dev.ktstr.checks.MergedChecks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known at the end of a variant.
 *
 * @param testId class and method
 * @param name the test's method name
 * @param displayName name in output
 * @param tags {@code [sched=…] [topo=…]}
 * @param verdict the outcome
 * @param details one line per reason
 * @param stats what the workers reported
 * @param checks thresholds in force
 * @param facts further keys of the sidecar: scheduler, kernel, backend, host, …
 * @param sections named texts below a failure: scheduler log, dump, diagnostics
 * @param timings stages
 * @param startedAt when it began
 * @param sidecar where the result file is, empty when no run folder could be made
 */
public record Outcome(
        String testId,
        String name,
        String displayName,
        String tags,
        Verdict verdict,
        List<String> details,
        List<CgroupStats> stats,
        MergedChecks checks,
        Map<String, Object> facts,
        Map<String, String> sections,
        Map<String, Double> timings,
        Instant startedAt,
        Optional<Path> sidecar) {
    /** Copies the lists. */
    public Outcome {
        details = List.copyOf(details);
        stats = List.copyOf(stats);
    }

    /** This outcome, failed because its result file could not be written. */
    public Outcome unrecorded(String why) {
        List<String> more = new ArrayList<>(details);
        more.add(why);
        return new Outcome(
                testId,
                name,
                displayName,
                tags,
                Verdict.FAIL,
                more,
                stats,
                checks,
                facts,
                sections,
                timings,
                startedAt,
                Optional.empty());
    }
}
