package dev.ktstr.verify;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a cell.
 *
 * @param reasons why it failed or was skipped, the first in one line
 * @param warnings what does not fail it
 * @param programs the scheduler's programs, in the order in which they were loaded; empty when it was not loaded
 * @param logs what the verifier said, where the scheduler printed it
 * @param timingsMs {@code boot}, {@code load}, {@code look}, {@code stop}, {@code total}
 * @param folder with console and scheduler log; empty when nothing ran
 */
public record CellResult(
        Cell cell,
        Status status,
        List<String> reasons,
        List<String> warnings,
        List<ProgramCost> programs,
        List<VerifierLog> logs,
        Map<String, Double> timingsMs,
        Optional<Path> folder) {
    /** Its outcome. */
    public enum Status {
        /** Loaded, attached, dispatching, and ended cleanly. */
        PASS,
        /** Not so. */
        FAIL,
        /** Not run. */
        SKIP
    }

    public CellResult {
        reasons = List.copyOf(reasons);
        warnings = List.copyOf(warnings);
        programs = List.copyOf(programs);
        logs = List.copyOf(logs);
    }

    /** Why it failed or was skipped, in one line; empty when it did not, and was not. */
    public String reason() {
        return reasons.isEmpty() ? "" : firstLine(reasons.get(0));
    }

    /** What a scheduler printed stands below such a line, and not everywhere where the line does. */
    static String firstLine(String text) {
        return text.lines().findFirst().orElse(text).replaceFirst(" Its output:$", "");
    }

    static CellResult skipped(Cell cell, String reason) {
        return new CellResult(
                cell, Status.SKIP, List.of(reason), List.of(), List.of(), List.of(), Map.of(), Optional.empty());
    }
}
