package dev.ktstr.run;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupStats;
import dev.ktstr.Claims;
import dev.ktstr.Ctx;
import dev.ktstr.VmResult;
import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.GuestException;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ProjectCommit;
import dev.ktstr.result.RunFolder;
import dev.ktstr.result.SchedulerLog;
import dev.ktstr.result.Sidecar;
import dev.ktstr.result.Timings;
import dev.ktstr.result.Verdict;
import dev.ktstr.snapshot.SampleSeries;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.host.HostSlots;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One variant from its registry entry to its verdict. {@link #execute} reads as the story: resolve, prepare, boot, send,
 * attach, run the test's body, wind down, record. Whatever happens on the way, the guest is gone and the result is
 * written when it returns.
 */
public final class VariantRun {
    private static final Duration SEND_LIMIT = Duration.ofSeconds(60);
    private static final int CONSOLE_LINES = 20;

    /** A test's body. */
    @FunctionalInterface
    public interface Body {
        /** Runs it; null stands for whatever its scenarios found. */
        @Nullable
        AssertResult run(Ctx ctx) throws Throwable;
    }

    /** What came of it: the outcome, and what was thrown when it failed by an exception. */
    public record Ended(Outcome outcome, Optional<Throwable> cause, boolean setupFailed) {}

    private final String testId;
    private final Supplier<Shape> shape;
    private final Optional<KernelImage> kernel;
    private final String kernelLabel;
    private final Options options;
    private final Path baseDir;
    private final Timings timings = new Timings();
    private final Instant startedAt = Instant.now();
    private final List<String> details = new ArrayList<>();
    private final List<String> inconclusive = new ArrayList<>();
    private final List<CgroupStats> stats = new ArrayList<>();
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final Map<String, String> sections = new LinkedHashMap<>();
    private SampleSeries samples = new SampleSeries(List.of());
    private String stage = "resolve";
    private MergedChecks checks = MergedChecks.defaults(false);
    private @Nullable Variant variant;
    private @Nullable RunFolder folder;
    private @Nullable VirtualMachine machine;
    private @Nullable Throwable cause;
    private boolean setupFailed;
    private boolean skip;
    private String schedulerLog = "";

    /** A run of the base case of that test, with paths relative to {@code baseDir}. */
    public VariantRun(String testId, Options options, Path baseDir) {
        this(testId, () -> baseCase(testId), Optional.empty(), "", options, baseDir);
    }

    /**
     * A run of one variant, with paths relative to {@code baseDir}.
     *
     * @param kernel the kernel; empty for the one in force
     * @param kernelLabel what names it where several are in force, else empty
     */
    public VariantRun(Shape shape, Optional<KernelImage> kernel, String kernelLabel, Options options, Path baseDir) {
        this(shape.test().id(), () -> shape, kernel, kernelLabel, options, baseDir);
    }

    private VariantRun(
            String testId,
            Supplier<Shape> shape,
            Optional<KernelImage> kernel,
            String kernelLabel,
            Options options,
            Path baseDir) {
        this.testId = testId;
        this.shape = shape;
        this.kernel = kernel;
        this.kernelLabel = kernelLabel;
        this.options = options;
        this.baseDir = baseDir;
    }

    /** Runs the variant. Throws only what says that this JVM itself is going down. */
    public Ended execute(Body body) {
        try {
            Variant resolved = timings.time("resolve", this::resolve);
            RunFolder run = openFolder(resolved);
            if (at("resolve", () -> skipped(resolved))) {
                return record();
            }
            Prepare.Prepared prepared = at("prepare", () -> new Prepare(options, baseDir).gather(resolved));
            Backend backend = at("prepare", this::backend);
            Companions.prefetch(resolved, options);
            HostSlots.Slot slot = at("wait", () -> new Parallel(backend, options).await(resolved));
            try (BootedGuest guest = at(
                    "boot",
                    () -> new Boot(backend, options)
                            .boot(resolved, prepared.bootImage(), run.folder(), started -> started(started, slot)))) {
                noteWay(guest.way());
                runIn(guest, resolved, prepared, body);
            } finally {
                slot.close();
            }
            afterVm(resolved, run);
        } catch (RunException e) {
            fail(e, e.stage(), e.guest());
        } catch (KernelException | VmException | UncheckedIOException e) {
            fail(e, stage, false);
        }
        return record();
    }

    private static Shape baseCase(String testId) {
        ClassLoader loader = Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElse(VariantRun.class.getClassLoader());
        return Shape.base(Registry.load(loader).test(testId));
    }

    private Variant resolve() {
        Shape known = shape.get();
        KernelImage image = kernel.orElseGet(
                () -> KernelDiscovery.standard().find(options.get("kernel").orElse(null)));
        variant = new Variant(known, image, kernelLabel);
        return variant;
    }

    /** Whether the variant is skipped; if not, its kernel can run its scheduler. */
    private boolean skipped(Variant resolved) {
        Optional<String> reason =
                Applicability.on(Host.here(), resolved.shape(), Optional.of(resolved.kernel()), options);
        reason.ifPresent(details::add);
        skip = reason.isPresent();
        if (!skip && resolved.scheduler().filter(SchedulerEntry::isProcess).isPresent()) {
            KernelRequirements.requireSchedExt(resolved.kernel());
        }
        return skip;
    }

    private RunFolder openFolder(Variant resolved) {
        Path root = options.get("sidecar.dir")
                .map(baseDir::resolve)
                .orElseGet(() -> baseDir.resolve("target/ktstr")
                        .resolve(resolved.kernel().label() + "-" + ProjectCommit.of(baseDir)))
                .toAbsolutePath()
                .normalize();
        List<String> identity =
                new ArrayList<>(List.of(testId, resolved.kernel().sha256()));
        identity.add(resolved.shape().preset());
        identity.add(resolved.shape().profile().name());
        identity.addAll(resolved.schedulerArgs());
        folder = RunFolder.create(
                root,
                resolved.test().method(),
                resolved.topology().toString(),
                resolved.shape().profile().flags(),
                identity);
        facts.putAll(VariantFacts.of(resolved));
        PerformanceMode.note(resolved.shape(), options).ifPresent(line -> note(List.of(line)));
        facts.put("seed", ScenarioOptions.of(options, resolved).seed());
        return folder;
    }

    private Backend backend() {
        String forced = options.get("backend").orElse(null);
        Backend backend = Backends.select(forced);
        facts.put("backend", backend.name());
        facts.put("backendReason", Backends.reason(forced, backend));
        return backend;
    }

    private void started(VirtualMachine started, HostSlots.Slot slot) {
        machine = started;
        PerformanceMode.apply(started, slot).ifPresent(done -> facts.put("performance", done));
    }

    /** {@code timingsMs.boot} is of the way that the guest really came up; what else it took stands beside it. */
    private void noteWay(BootWay way) {
        facts.put("boot", way.key());
        way.note().ifPresent(note -> facts.put("bootNote", note));
        if (way.ahead()) {
            facts.put("bootAhead", true);
        }
        timings.move("boot", "template", way.aside());
        timings.move("boot", "warm", way.warming());
    }

    private void runIn(BootedGuest guest, Variant resolved, Prepare.Prepared prepared, Body body) {
        boolean relaxed = !guest.machine().keepsTime();
        checks = MergedChecks.defaults(relaxed)
                .over(resolved.test().schedulerChecks(), "scheduler")
                .over(resolved.test().testChecks(), "test");
        if (relaxed) {
            facts.put(
                    "relaxed",
                    "the guest cannot keep time with the host: it is emulated, or has more vCPUs than the host CPUs");
        }
        Companions companions = Companions.of(resolved, options);
        PayloadRuns payloads = new PayloadRuns(
                resolved.test().payloads(),
                prepared.payloads(),
                files -> guest.session().send(files, SEND_LIMIT));
        RunContext ctx =
                new RunContext(resolved, guest, checks, companions, ScenarioOptions.of(options, resolved), payloads);
        try (companions) {
            during("inspect", () -> companions.booted(guest));
            during("send", () -> {
                if (!prepared.files().isEmpty()) {
                    guest.session().send(prepared.files(), SEND_LIMIT);
                }
            });
            Optional<SchedulerControl> scheduler = resolved.scheduler()
                    .map(s -> new SchedulerControl(guest, s, prepared, options, SchedulerControl.ATTACH_LIMIT));
            scheduler.ifPresent(s -> during("attach", () -> facts.put("schedulerRun", s.start())));
            during("inspect", companions::attached);
            runBody(ctx, body, companions);
            scheduler.ifPresent(s -> during("teardown", () -> details.addAll(s.stop(details))));
        } catch (GuestException e) {
            throw guest.explain(stage, e);
        } finally {
            checks = ctx.checks();
            facts.put("events", ctx.events());
            keepPayloads(payloads);
            conclude(companions);
            keepSchedulerLog(guest, resolved);
        }
    }

    private void conclude(Companions companions) {
        Findings findings = companions.findings(checks);
        details.addAll(findings.failures());
        inconclusive.addAll(findings.inconclusive());
        note(findings.notes());
        companions.contribute(facts, sections);
        RunFolder kept = folder;
        if (kept != null) {
            companions.leave(kept, !details.isEmpty());
        }
        samples = new SampleSeries(companions.samples());
    }

    /** Lets the test judge what is left of its run. */
    private void afterVm(Variant resolved, RunFolder run) {
        Optional<String> method = resolved.test().after().postVm();
        if (method.isEmpty()) {
            return;
        }
        during("postVm", () -> {
            Claims claims = new Claims(ScenarioOptions.of(options, resolved).logPasses());
            try {
                new PostVm(resolved.test().className(), method.get())
                        .call(new VmResult(samples, details, stats, schedulerLog, run.folder(), claims));
            } catch (RunException e) {
                throw e;
            } catch (Throwable e) {
                rethrowIfFatal(e);
                details.add("postVm " + method.get() + ": " + e);
                cause = e;
            }
            add(claims.untold());
        });
    }

    private void note(List<String> more) {
        if (!more.isEmpty()) {
            List<Object> notes = new ArrayList<>();
            if (facts.get("notes") instanceof List<?> known) {
                notes.addAll(known);
            }
            notes.addAll(more);
            facts.put("notes", notes);
        }
    }

    private void runBody(RunContext ctx, Body body, Companions companions) {
        during("scenario", () -> {
            try {
                AssertResult result = body.run(ctx);
                add(result == null ? ctx.collected() : result.and(ctx.untold()));
                add(ctx.finish());
            } catch (RunException | GuestException e) {
                add(ctx.collected());
                throw e;
            } catch (Throwable e) {
                rethrowIfFatal(e);
                add(ctx.collected());
                details.add("the test threw " + e);
                cause = e;
            } finally {
                companions.ending();
            }
        });
    }

    private void add(AssertResult result) {
        details.addAll(result.details());
        stats.addAll(result.stats());
        inconclusive.addAll(result.inconclusive());
        note(result.notes());
    }

    private static void rethrowIfFatal(Throwable e) {
        if (e instanceof VirtualMachineError fatal) {
            throw fatal;
        }
    }

    private void keepPayloads(PayloadRuns payloads) {
        if (!payloads.facts().isEmpty()) {
            facts.put("payloads", payloads.facts());
        }
        RunFolder kept = folder;
        if (kept != null) {
            payloads.logs().forEach(kept::write);
        }
    }

    private void keepSchedulerLog(BootedGuest guest, Variant resolved) {
        if (resolved.scheduler().filter(SchedulerEntry::isProcess).isEmpty() || folder == null) {
            return;
        }
        String log = guest.session().schedulerLog();
        schedulerLog = log;
        SchedulerLog parsed = new SchedulerLog(log);
        folder.write("scheduler.log", log);
        sections.put("scheduler log", log.isBlank() ? "(the scheduler printed nothing)" : parsed.tail());
        parsed.dump().ifPresent(dump -> sections.put("sched_ext dump", dump));
    }

    private void during(String name, Runnable work) {
        at(name, () -> {
            work.run();
            return name;
        });
    }

    private <T> T at(String name, Supplier<T> work) {
        stage = name;
        return timings.time(name, work);
    }

    private void fail(RuntimeException e, String reached, boolean guestFault) {
        stage = reached;
        setupFailed = !guestFault;
        cause = e;
        details.add(0, String.valueOf(e.getMessage()));
    }

    private Ended record() {
        Verdict verdict = verdict();
        if (verdict != Verdict.PASS && machine != null) {
            sections.put("diagnostics", diagnostics(machine));
        }
        Variant known = variant;
        String method = testId.substring(testId.indexOf('#') + 1);
        Outcome outcome = new Outcome(
                testId,
                method,
                known == null ? "ktstr/" + method : known.displayName(),
                known == null ? "" : known.tags(),
                verdict,
                details,
                stats,
                checks,
                facts,
                verdict == Verdict.PASS ? Map.of() : sections,
                timings.millis(),
                startedAt,
                Optional.ofNullable(folder).map(RunFolder::sidecar));
        return new Ended(written(outcome), Optional.ofNullable(cause), setupFailed);
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

    private Verdict verdict() {
        if (skip) {
            return Verdict.SKIP;
        }
        boolean failed = !details.isEmpty();
        details.addAll(inconclusive);
        Variant known = variant;
        if (known == null || !known.test().expect().failure() || setupFailed) {
            return failed ? Verdict.FAIL : inconclusive.isEmpty() ? Verdict.PASS : Verdict.INCONCLUSIVE;
        }
        if (!failed && !inconclusive.isEmpty()) {
            return Verdict.INCONCLUSIVE;
        }
        if (!failed) {
            details.add("expectErr: the run was expected to fail, and nothing failed");
            return Verdict.FAIL;
        }
        List<String> misses = new ExpectedError(known.test().expect())
                .misses(ExpectedError.words(
                        schedulerLog, machine == null ? "" : ExpectedError.console(machine.console())));
        details.addAll(0, misses);
        return misses.isEmpty() ? Verdict.PASS : Verdict.FAIL;
    }

    private String diagnostics(VirtualMachine vm) {
        List<String> lines = new ArrayList<>();
        lines.add("stage: " + stage);
        vm.exit().ifPresent(exit -> lines.add("guest end: " + exit.kind() + ", " + exit.detail()));
        lines.add("console, last " + CONSOLE_LINES + " lines of " + vm.console() + ":");
        lines.add(Console.tail(vm.console(), CONSOLE_LINES));
        return String.join("\n", lines);
    }
}
