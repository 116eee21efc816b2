package dev.ktstr.junit;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.host.HostOnlyRun;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.Options;
import dev.ktstr.run.VariantRun;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Runs one variant and tells JUnit how it ended. */
public final class KtstrRunner {
    /** Whether this JVM has said which backend runs its tests, and why. */
    private static final AtomicBoolean BACKEND_SAID = new AtomicBoolean();

    private KtstrRunner() {}

    /** A test method that returns its result. */
    @FunctionalInterface
    public interface TestBody {
        AssertResult run(Ctx ctx) throws Throwable;
    }

    /** A test method that returns nothing. */
    @FunctionalInterface
    public interface VoidTestBody {
        void run(Ctx ctx) throws Throwable;
    }

    /**
     * Runs a variant of a test that returns its result.
     *
     * @throws AssertionFailedError when it failed; the message is the whole report
     * @throws TestAbortedException when it is inconclusive or was skipped, with the reason
     */
    public static void run(KtstrVariant variant, TestBody body) {
        execute(variant, body::run);
    }

    /** Runs a variant of a test that returns nothing: it passes unless it throws, or a scenario it ran failed. */
    public static void runVoid(KtstrVariant variant, VoidTestBody body) {
        execute(variant, ctx -> {
            body.run(ctx);
            return null;
        });
    }

    private static void execute(KtstrVariant variant, VariantRun.Body body) {
        if (variant.leftOut().isPresent()) {
            throw new TestAbortedException(variant.leftOut().get());
        }
        Options options = Options.ofProcess();
        VariantRun.Ended ended = variant.shape().test().hostOnly()
                ? new HostOnlyRun(variant.shape(), options, Path.of("")).execute(body)
                : new VariantRun(variant.shape(), variant.kernel(), variant.kernelLabel(), options, Path.of(""))
                        .execute(body);
        Outcome outcome = ended.outcome();
        print(outcome, System.out);
        switch (outcome.verdict()) {
            case PASS -> {}
            case FAIL ->
                throw new AssertionFailedError(
                        ReportText.failure(outcome), ended.cause().orElse(null));
            case INCONCLUSIVE, SKIP -> throw new TestAbortedException(ReportText.failure(outcome));
        }
    }

    private static void print(Outcome outcome, PrintStream out) {
        StringBuilder text = new StringBuilder();
        Object reason = outcome.facts().get("backendReason");
        if (reason != null && BACKEND_SAID.compareAndSet(false, true)) {
            text.append(reason).append('\n');
        }
        text.append(ReportText.line(outcome)).append('\n');
        ReportText.reasons(outcome).forEach(line -> text.append(line).append('\n'));
        if (outcome.facts().get("notes") instanceof List<?> notes) {
            notes.forEach(note -> text.append("  note: ").append(note).append('\n'));
        }
        if (outcome.verdict() == Verdict.PASS) {
            if (!outcome.stats().isEmpty()) {
                ReportText.stats(outcome.stats())
                        .forEach(line -> text.append(line).append('\n'));
            }
            outcome.sidecar()
                    .ifPresent(file -> text.append("result: ").append(file).append('\n'));
        }
        out.print(text);
        out.flush();
    }
}
