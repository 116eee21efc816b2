package dev.ktstr.host;

import dev.ktstr.AssertResult;
import dev.ktstr.checks.MergedChecks;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ProjectCommit;
import dev.ktstr.result.RunFolder;
import dev.ktstr.result.Sidecar;
import dev.ktstr.result.Timings;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.Applicability;
import dev.ktstr.run.Options;
import dev.ktstr.run.Shape;
import dev.ktstr.run.TestEntry;
import dev.ktstr.run.VariantRun;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One {@code hostOnly} test: its body runs on this host, nothing boots, and its result is recorded like any other. */
public final class HostOnlyRun {
    private final Shape shape;
    private final Options options;
    private final Path baseDir;
    private final Timings timings = new Timings();
    private final Instant startedAt = Instant.now();
    private final List<String> details = new ArrayList<>();
    private final List<String> inconclusive = new ArrayList<>();
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private @Nullable Throwable cause;

    /** A run of that test, with paths relative to {@code baseDir}. */
    public HostOnlyRun(Shape shape, Options options, Path baseDir) {
        this.shape = shape;
        this.options = options;
        this.baseDir = baseDir;
    }

    /** Runs the body and records what came of it. */
    public VariantRun.Ended execute(VariantRun.Body body) {
        Optional<String> skip = Applicability.withoutHost(shape, Optional.empty());
        Path sidecar;
        try {
            sidecar = folder().sidecar();
        } catch (UncheckedIOException e) {
            details.add(String.valueOf(e.getMessage()));
            return new VariantRun.Ended(outcome(Verdict.FAIL, Optional.empty()), Optional.of(e), true);
        }
        note();
        if (skip.isPresent()) {
            details.add(skip.get());
        } else {
            timings.time("body", () -> {
                run(body);
                return true;
            });
        }
        Outcome outcome = outcome(skip.isPresent() ? Verdict.SKIP : verdict(), Optional.of(sidecar));
        try {
            Sidecar.write(sidecar, outcome);
        } catch (UncheckedIOException e) {
            return new VariantRun.Ended(outcome.unrecorded(String.valueOf(e.getMessage())), Optional.of(e), true);
        }
        return new VariantRun.Ended(outcome, Optional.ofNullable(cause), false);
    }

    private void run(VariantRun.Body body) {
        HostOnlyContext ctx = new HostOnlyContext(shape.test(), options.on("log.passes"));
        try {
            AssertResult result = body.run(ctx);
            add(result == null ? AssertResult.pass() : result);
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (Throwable e) {
            details.add("the test threw " + e);
            cause = e;
        }
        add(ctx.untold());
    }

    private void add(AssertResult result) {
        details.addAll(result.details());
        inconclusive.addAll(result.inconclusive());
        if (!result.notes().isEmpty()) {
            facts.put("notes", result.notes());
        }
    }

    private Verdict verdict() {
        TestEntry.Expectation expect = shape.test().expect();
        boolean failed = !details.isEmpty();
        details.addAll(inconclusive);
        if (expect.failure() && !failed) {
            details.add("expectErr: the run was expected to fail, and nothing failed");
            return Verdict.FAIL;
        }
        if (failed) {
            return expect.failure() ? Verdict.PASS : Verdict.FAIL;
        }
        return inconclusive.isEmpty() ? Verdict.PASS : Verdict.INCONCLUSIVE;
    }

    private RunFolder folder() {
        Path root = options.get("sidecar.dir")
                .map(baseDir::resolve)
                .orElseGet(() -> baseDir.resolve("target/ktstr").resolve("host-" + ProjectCommit.of(baseDir)))
                .toAbsolutePath()
                .normalize();
        return RunFolder.create(
                root,
                shape.test().method(),
                "host",
                List.of(),
                List.of(shape.test().id()));
    }

    private void note() {
        facts.put("hostOnly", true);
        facts.put("durationS", shape.test().durationS());
        Map<String, Object> host = new LinkedHashMap<>();
        host.put("kernel", System.getProperty("os.version"));
        host.put("arch", System.getProperty("os.arch"));
        host.put("cpus", Runtime.getRuntime().availableProcessors());
        host.put("java", System.getProperty("java.version"));
        facts.put("host", host);
    }

    private Outcome outcome(Verdict verdict, Optional<Path> sidecar) {
        return new Outcome(
                shape.test().id(),
                shape.test().method(),
                shape.displayName(),
                "[host only]",
                verdict,
                details,
                List.of(),
                MergedChecks.none(),
                facts,
                Map.of(),
                timings.millis(),
                startedAt,
                sidecar);
    }
}
