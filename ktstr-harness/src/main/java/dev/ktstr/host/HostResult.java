package dev.ktstr.host;

import dev.ktstr.CgroupStats;
import dev.ktstr.catalogue.CatalogueScenario;
import dev.ktstr.result.Verdict;
import java.time.Duration;
import java.util.List;

/**
 * What came of one scenario on bare metal.
 *
 * @param scenario the scenario
 * @param verdict how it ended
 * @param details one line per reason: of a failure, of doubt, or of a skip
 * @param stats what the workers reported
 * @param took from its start to its end
 */
public record HostResult(
        CatalogueScenario scenario, Verdict verdict, List<String> details, List<CgroupStats> stats, Duration took) {
    /** Copies the lists. */
    public HostResult {
        details = List.copyOf(details);
        stats = List.copyOf(stats);
    }
}
