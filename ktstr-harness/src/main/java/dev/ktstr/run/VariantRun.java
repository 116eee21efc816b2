package dev.ktstr.run;

import dev.ktstr.AssertResult;
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
import dev.ktstr.snapshot.SampleSeries;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.host.HostSlots;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private final RunRecord record;
    private SampleSeries samples = new SampleSeries(List.of());
    private String stage = "resolve";
    private MergedChecks checks = MergedChecks.defaults(false);
    private @Nullable Variant variant;
    private @Nullable RunFolder folder;
    private @Nullable VirtualMachine machine;
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
        this.record = new RunRecord(testId);
        this.shape = shape;
        this.kernel = kernel;
        this.kernelLabel = kernelLabel;
        this.options = options;
        this.baseDir = baseDir;
    }

    /** Runs the variant. Throws only what says that this JVM itself is going down. */
    public Ended execute(Body body) {
        try {
            Variant resolved = record.timings().time("resolve", this::resolve);
            RunFolder run = openFolder(resolved);
            if (at("resolve", () -> skipped(resolved))) {
                return ended();
            }
            Prepare.Prepared prepared = at("prepare", () -> new Prepare(options, baseDir).gather(resolved));
            Backend backend = at("prepare", this::backend);
            Companions.prefetch(resolved, options);
            HostSlots.Slot slot = at("wait", () -> new Parallel(backend, options).await(resolved));
            try (BootedGuest guest = at(
                    "boot",
                    () -> new Boot(backend, options)
                            .boot(resolved, prepared.bootImage(), run.folder(), started -> started(started, slot)))) {
                record.way(guest.way());
                runIn(guest, resolved, prepared, body);
            } finally {
                slot.close();
            }
            afterVm(resolved, run);
        } catch (RunException e) {
            stage = e.stage();
            record.failed(e, !e.guest());
        } catch (KernelException | VmException | UncheckedIOException e) {
            record.failed(e, true);
        }
        return ended();
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
        reason.ifPresent(record::skipped);
        if (reason.isEmpty()
                && resolved.scheduler().filter(SchedulerEntry::isProcess).isPresent()) {
            KernelRequirements.requireSchedExt(resolved.kernel());
        }
        return reason.isPresent();
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
        VariantFacts.of(resolved).forEach(record::fact);
        PerformanceMode.note(resolved.shape(), options).ifPresent(line -> record.notes(List.of(line)));
        record.fact("seed", ScenarioOptions.of(options, resolved).seed());
        return folder;
    }

    private Backend backend() {
        String forced = options.get("backend").orElse(null);
        Backend backend = Backends.select(forced);
        record.fact("backend", backend.name());
        record.fact("backendReason", Backends.reason(forced, backend));
        return backend;
    }

    private void started(VirtualMachine started, HostSlots.Slot slot) {
        machine = started;
        PerformanceMode.apply(started, slot).ifPresent(done -> record.fact("performance", done));
    }

    private void runIn(BootedGuest guest, Variant resolved, Prepare.Prepared prepared, Body body) {
        boolean relaxed = !guest.machine().keepsTime();
        checks = MergedChecks.defaults(relaxed)
                .over(resolved.test().schedulerChecks(), "scheduler")
                .over(resolved.test().testChecks(), "test");
        if (relaxed) {
            record.fact(
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
            scheduler.ifPresent(s -> during("attach", () -> record.fact("schedulerRun", s.start())));
            during("inspect", companions::attached);
            runBody(ctx, body, companions);
            scheduler.ifPresent(s -> during("teardown", () -> record.details(s.stop(record.details()))));
        } catch (GuestException e) {
            throw guest.explain(stage, e);
        } finally {
            checks = ctx.checks();
            record.fact("events", ctx.events());
            keepPayloads(payloads);
            conclude(companions);
            keepSchedulerLog(guest, resolved);
        }
    }

    private void conclude(Companions companions) {
        Findings findings = companions.findings(checks);
        record.add(findings);
        companions.contribute(record.facts(), record.sections());
        RunFolder kept = folder;
        if (kept != null) {
            companions.leave(kept, !record.details().isEmpty());
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
                        .call(new VmResult(
                                samples, record.details(), record.stats(), schedulerLog, run.folder(), claims));
            } catch (RunException e) {
                throw e;
            } catch (Throwable e) {
                rethrowIfFatal(e);
                record.threw("postVm " + method.get() + ": " + e, e);
            }
            record.add(claims.untold());
        });
    }

    private void runBody(RunContext ctx, Body body, Companions companions) {
        during("scenario", () -> {
            try {
                AssertResult result = body.run(ctx);
                record.add(result == null ? ctx.collected() : result.and(ctx.untold()));
                record.add(ctx.finish());
            } catch (RunException | GuestException e) {
                record.add(ctx.collected());
                throw e;
            } catch (Throwable e) {
                rethrowIfFatal(e);
                record.add(ctx.collected());
                record.threw("the test threw " + e, e);
            } finally {
                companions.ending();
            }
        });
    }

    private static void rethrowIfFatal(Throwable e) {
        if (e instanceof VirtualMachineError fatal) {
            throw fatal;
        }
    }

    private void keepPayloads(PayloadRuns payloads) {
        if (!payloads.facts().isEmpty()) {
            record.fact("payloads", payloads.facts());
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
        record.section("scheduler log", log.isBlank() ? "(the scheduler printed nothing)" : parsed.tail());
        parsed.dump().ifPresent(dump -> record.section("sched_ext dump", dump));
    }

    private void during(String name, Runnable work) {
        at(name, () -> {
            work.run();
            return name;
        });
    }

    private <T> T at(String name, Supplier<T> work) {
        stage = name;
        return record.timings().time(name, work);
    }

    private Ended ended() {
        Optional<VirtualMachine> ran = Optional.ofNullable(machine);
        return record.end(
                Optional.ofNullable(variant),
                checks,
                Optional.ofNullable(folder),
                () -> ExpectedError.words(
                        schedulerLog,
                        ran.map(m -> ExpectedError.console(m.console())).orElse("")),
                () -> ran.map(this::diagnostics));
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
