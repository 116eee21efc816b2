package dev.ktstr.run;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupStats;
import dev.ktstr.checks.MergedChecks;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.RunFolder;
import dev.ktstr.result.Sidecar;
import dev.ktstr.result.Timings;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.TestEntry.Expectation;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is known of a run so far, and the verdict and the result file that come of it. */
final class RunRecord {
    private final String testId;
    private final Instant startedAt = Instant.now();
    private final Timings timings = new Timings();
    private final List<String> details = new ArrayList<>();
    private final List<String> inconclusive = new ArrayList<>();
    private final List<CgroupStats> stats = new ArrayList<>();
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final Map<String, String> sections = new LinkedHashMap<>();
    private @Nullable Throwable cause;
    private boolean setupFailed;
    private boolean skip;

    /** A run of that test, which begins now. */
    RunRecord(String testId) {
        this.testId = testId;
    }

    Timings timings() {
        return timings;
    }

    /** What failed, line by line; what is inconclusive is told apart from it until {@linkplain #end the end}. */
    List<String> details() {
        return List.copyOf(details);
    }

    void details(List<String> more) {
        details.addAll(more);
    }

    List<CgroupStats> stats() {
        return List.copyOf(stats);
    }

    /** Facts for the result file, to be added to. */
    Map<String, Object> facts() {
        return facts;
    }

    void fact(String name, Object value) {
        facts.put(name, value);
    }

    /** Texts that are shown when the run did not pass, to be added to. */
    Map<String, String> sections() {
        return sections;
    }

    void section(String title, String text) {
        sections.put(title, text);
    }

    /** Adds what the result should say, but what judges nothing. */
    void notes(List<String> more) {
        if (!more.isEmpty()) {
            List<Object> notes = new ArrayList<>();
            if (facts.get("notes") instanceof List<?> known) {
                notes.addAll(known);
            }
            notes.addAll(more);
            facts.put("notes", notes);
        }
    }

    void add(AssertResult result) {
        details.addAll(result.details());
        stats.addAll(result.stats());
        inconclusive.addAll(result.inconclusive());
        notes(result.notes());
    }

    void add(Findings findings) {
        details.addAll(findings.failures());
        inconclusive.addAll(findings.inconclusive());
        notes(findings.notes());
    }

    /** {@code timingsMs.boot} is of the way that the guest really came up; what else it took stands beside it. */
    void way(BootWay way) {
        facts.put("boot", way.key());
        way.note().ifPresent(note -> facts.put("bootNote", note));
        if (way.ahead()) {
            facts.put("bootAhead", true);
        }
        timings.move("boot", "template", way.aside());
        timings.move("boot", "warm", way.warming());
    }

    void skipped(String reason) {
        details.add(reason);
        skip = true;
    }

    /** The run came to no end of its own; {@code setup} says that neither guest nor test is to blame. */
    void failed(RuntimeException e, boolean setup) {
        setupFailed = setup;
        cause = e;
        details.add(0, String.valueOf(e.getMessage()));
    }

    /** The test threw. */
    void threw(String detail, Throwable e) {
        details.add(detail);
        cause = e;
    }

    /**
     * Comes to the verdict and writes the result file.
     *
     * @param variant empty when it was not even found out what was to run
     * @param folder where the result goes; empty when there is none
     * @param words what was said about the end of the scheduler; asked for only where a failure is expected
     * @param diagnostics of the machine, if there was one; asked for only when the run did not pass
     */
    VariantRun.Ended end(
            Optional<Variant> variant,
            MergedChecks checks,
            Optional<RunFolder> folder,
            Supplier<List<String>> words,
            Supplier<Optional<String>> diagnostics) {
        Verdict verdict = verdict(variant.map(v -> v.test().expect()), words);
        if (verdict != Verdict.PASS) {
            diagnostics.get().ifPresent(text -> sections.put("diagnostics", text));
        }
        String method = testId.substring(testId.indexOf('#') + 1);
        Outcome outcome = new Outcome(
                testId,
                method,
                variant.map(Variant::displayName).orElse("ktstr/" + method),
                variant.map(Variant::tags).orElse(""),
                verdict,
                details,
                stats,
                checks,
                facts,
                verdict == Verdict.PASS ? Map.of() : sections,
                timings.millis(),
                startedAt,
                folder.map(RunFolder::sidecar));
        return new VariantRun.Ended(written(outcome), Optional.ofNullable(cause), setupFailed);
    }

    /** Writes the sidecar; when that fails, on a full disk say, the run has failed whatever it found. */
    private Outcome written(Outcome outcome) {
        if (outcome.sidecar().isEmpty()) {
            return outcome;
        }
        try {
            Sidecar.write(outcome.sidecar().get(), outcome);
            return outcome;
        } catch (UncheckedIOException e) {
            setupFailed = true;
            cause = cause == null ? e : cause;
            return outcome.unrecorded(String.valueOf(e.getMessage()));
        }
    }

    private Verdict verdict(Optional<Expectation> expected, Supplier<List<String>> words) {
        if (skip) {
            return Verdict.SKIP;
        }
        boolean failed = !details.isEmpty();
        details.addAll(inconclusive);
        if (setupFailed || expected.filter(Expectation::failure).isEmpty()) {
            return failed ? Verdict.FAIL : inconclusive.isEmpty() ? Verdict.PASS : Verdict.INCONCLUSIVE;
        }
        if (!failed && !inconclusive.isEmpty()) {
            return Verdict.INCONCLUSIVE;
        }
        if (!failed) {
            details.add("expectErr: the run was expected to fail, and nothing failed");
            return Verdict.FAIL;
        }
        List<String> misses = new ExpectedError(expected.get()).misses(words.get());
        details.addAll(0, misses);
        return misses.isEmpty() ? Verdict.PASS : Verdict.FAIL;
    }
}
