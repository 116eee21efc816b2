package dev.ktstr.run;

import dev.ktstr.Assert;
import dev.ktstr.AssertResult;
import dev.ktstr.Backdrop;
import dev.ktstr.CgroupStats;
import dev.ktstr.Cgroups;
import dev.ktstr.Claims;
import dev.ktstr.Ctx;
import dev.ktstr.Guest;
import dev.ktstr.PayloadCall;
import dev.ktstr.PayloadResult;
import dev.ktstr.Step;
import dev.ktstr.TestTopology;
import dev.ktstr.WorkloadConfig;
import dev.ktstr.WorkloadHandle;
import dev.ktstr.checks.HostEvidence;
import dev.ktstr.checks.Judge;
import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.payload.PayloadEntry;
import dev.ktstr.result.SchedulerLog;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.Encoding;
import dev.ktstr.run.encode.ScenarioEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs a test's scenarios in its guest and judges them. Used by one thread, the test's. */
final class RunContext implements Ctx {
    /** What the agent may take beyond the scenario itself: forking, collecting, removing cgroups. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    /** One unit of spinning takes a host of today about this long; a slower guest gets proportionally more grace. */
    private static final double NATIVE_SPIN_NS = 500;

    /** What a payload may take beyond the test's duration, on a guest as fast as its host. */
    private static final Duration PAYLOAD_GRACE = Duration.ofSeconds(10);

    private static final double MAX_SLOWDOWN = 20;

    private final Variant variant;
    private final BootedGuest guest;
    private final Companions companions;
    private final ScenarioOptions options;
    private final PayloadRuns payloads;
    private final LiveOperations live;
    private final BackgroundPayloads background;
    private boolean payloadRan;
    private final long attachedAt = System.nanoTime();
    private final MergedChecks ofTheTest;
    private MergedChecks checks;
    private AssertResult collected = AssertResult.pass();
    private final List<Claims> claims = new ArrayList<>();
    private final List<Map<String, Object>> events = new ArrayList<>();

    RunContext(
            Variant variant,
            BootedGuest guest,
            MergedChecks checks,
            Companions companions,
            ScenarioOptions options,
            PayloadRuns payloads) {
        this.variant = variant;
        this.guest = guest;
        this.companions = companions;
        this.options = options;
        this.payloads = payloads;
        this.live = new LiveOperations(
                guest.session().live(),
                guest.topology(),
                cgroupParent(),
                payloads,
                payloads::sendFiles,
                this::explained);
        this.background = new BackgroundPayloads(
                payloads, live, wrong -> collected = collected.and(new AssertResult(wrong, List.of())));
        this.ofTheTest = checks;
        this.checks = checks;
    }

    @Override
    public TestTopology topo() {
        return guest.topology();
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(variant.test().durationS());
    }

    @Override
    public int workersPerCgroup() {
        return variant.test().workersPerCgroup();
    }

    @Override
    public String scheduler() {
        return variant.scheduler().map(s -> s.name()).orElse("eevdf");
    }

    @Override
    public Guest guest() {
        return guest;
    }

    @Override
    public String schedulerLog() {
        return guest.session().schedulerLog();
    }

    @Override
    public Claims claims() {
        Claims more = new Claims(options.logPasses());
        claims.add(more);
        return more;
    }

    /** Everything that its scenarios found, in order; then the claims whose results nobody asked for. */
    AssertResult collected() {
        return collected.and(untold());
    }

    /** What came of claims that the test made and did not put into a result. */
    AssertResult untold() {
        return claims.stream().map(Claims::untold).reduce(AssertResult.pass(), AssertResult::and);
    }

    /** The thresholds that were in force last. */
    MergedChecks checks() {
        return checks;
    }

    /** What happened, for the sidecar. */
    List<Map<String, Object>> events() {
        return events;
    }

    @Override
    public AssertResult executeScenarioWith(Assert asserted, Backdrop backdrop, List<Step> steps) {
        checks = asserted.values().isEmpty() ? ofTheTest : ofTheTest.over(asserted, "assert");
        return judged(ScenarioEncoder.encode(backdrop, steps, encoding()));
    }

    /** Runs a scenario to its end and judges it. */
    private AssertResult judged(EncodedScenario scenario) {
        ScenarioPlan plan = scenario.plan();
        ScenarioResult result;
        HostEvidence host;
        companions.scenarioStarted(plan);
        try (HostWatch watch = new HostWatch(guest.machine().vcpuThreads())) {
            payloads.sendFiles();
            result = guest.session().run(plan, allowance(scenario), companions.listener());
            host = watch.evidence(result.endedNs(), System.nanoTime());
        } catch (GuestException e) {
            throw guest.explain("scenario", e);
        } finally {
            companions.scenarioEnded();
        }
        record(result);
        List<CgroupStats> stats = new StatsDecoder(topo()).decode(scenario, result);
        List<String> details = new ArrayList<>(schedulerFindings(plan, result));
        payloads.ended(result.payloads()).forEach(ended -> details.addAll(ended.details()));
        AssertResult judged = new AssertResult(details, List.of()).and(Judge.judge(stats, checks, host));
        collected = collected.and(judged);
        return judged;
    }

    @Override
    public Cgroups cgroups() {
        return live.cgroups();
    }

    @Override
    public WorkloadHandle spawn(WorkloadConfig config) {
        return live.spawn(config);
    }

    @Override
    public AssertResult check(CgroupStats... stats) {
        AssertResult judged = Judge.judge(List.of(stats), ofTheTest, HostEvidence.NONE);
        collected = collected.and(judged);
        return judged;
    }

    private RuntimeException explained(RuntimeException e) {
        return e instanceof GuestException failure ? guest.explain("scenario", failure) : e;
    }

    @Override
    public AssertResult runPayload() {
        PayloadEntry payload = variant.test()
                .payloads()
                .foreground()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "test '" + variant.test().id()
                                        + "' has no payload. Hint: name one with payload = …, or run one with ctx.payload(…)."));
        payloadRan = true;
        return judged(foreground(payload, payload.name(), List.of(), payloadLimit()));
    }

    @Override
    public PayloadCall payload(Class<?> type) {
        PayloadEntry payload = payloads.payloads().of(type);
        return new PayloadCall(
                payload.name(),
                this::run,
                call -> background.start(call, call.limit().orElse(payloadLimit()), payloadGrace()));
    }

    private PayloadResult run(PayloadCall call) {
        PayloadEntry payload = payloads.payloads().named(call.name());
        judged(foreground(payload, call.name(), call.args(), call.limit().orElse(payloadLimit())));
        List<PayloadResult> all = payloads.results();
        return all.stream()
                .filter(r -> r.name().equals(call.name()))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Override
    public List<PayloadResult> payloads() {
        return payloads.results();
    }

    /**
     * Ends what single operations left, and runs the test's payload unless its body has; what is wrong with it, nothing when the
     * test has none.
     */
    AssertResult finish() {
        AssertResult late = new AssertResult(background.ended(live.end()), List.of());
        return late.and(
                payloadRan || variant.test().payloads().foreground().isEmpty() ? AssertResult.pass() : runPayload());
    }

    private EncodedScenario foreground(PayloadEntry payload, String handle, List<String> args, Duration limit) {
        return payloads.foreground(
                payload, handle, args, limit, payloadGrace(), encoding().schedulerRequired());
    }

    private Duration payloadLimit() {
        return duration().plus(payloadGrace());
    }

    /** What a payload may take beyond the time it was given: starting up, and writing its report. */
    private Duration payloadGrace() {
        return Duration.ofNanos((long) (PAYLOAD_GRACE.toNanos() * slowdown()));
    }

    private Encoding encoding() {
        return Encoding.of(topo(), duration(), workersPerCgroup())
                .schedulerRequired(
                        variant.scheduler().filter(SchedulerEntry::isProcess).isPresent())
                .cgroupParent(cgroupParent())
                .seed(options.seed())
                .workType(options.workType())
                .programs(payloads)
                .payloads(payloads, payloads.background());
    }

    private String cgroupParent() {
        return variant.scheduler().flatMap(SchedulerEntry::cgroupParent).orElse("/");
    }

    private Duration allowance(EncodedScenario scenario) {
        return scenario.longest().plus(Duration.ofNanos((long) (GRACE.toNanos() * slowdown())));
    }

    private double slowdown() {
        return Math.min(MAX_SLOWDOWN, Math.max(1, guest.session().hello().spinNsPerUnit() / NATIVE_SPIN_NS));
    }

    private List<String> schedulerFindings(ScenarioPlan plan, ScenarioResult result) {
        if (!plan.schedulerRequired()) {
            return List.of();
        }
        if (result.schedulerExit().isPresent()) {
            return death(result.schedulerExit().get(), plan.steps().size());
        }
        List<String> lines = new ArrayList<>();
        for (StepReport step : result.steps()) {
            if (!step.schedState().equals("enabled")) {
                lines.add("sched_ext is '" + step.schedState() + "' at the end of step " + (step.step() + 1) + " of "
                        + plan.steps().size() + ": the scheduler did not run the workers to the end");
            }
        }
        return lines;
    }

    private List<String> death(SchedulerExit exit, int steps) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "scheduler process died unexpectedly after completing step %d of %d (%.1fs into test)",
                exit.completedSteps(),
                steps,
                (System.nanoTime() - attachedAt) / 1e9));
        lines.addAll(deathCause(exit, schedulerLog()));
        return lines;
    }

    /** Why a scheduler ended: the kernel's reason when its log has one, and how the process ended. */
    static List<String> deathCause(SchedulerExit exit, String log) {
        List<String> lines = new ArrayList<>();
        new SchedulerLog(log).exitReason().ifPresent(reason -> lines.add("sched_ext ended it: " + reason));
        lines.add(
                exit.signal() != 0
                        ? "the process was killed by signal " + exit.signal()
                        : "the process ended with exit code " + exit.exitCode());
        return lines;
    }

    private void record(ScenarioResult result) {
        for (StepReport step : result.steps()) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("event", "step");
            event.put("step", step.step());
            event.put("startedNs", step.startedNs());
            event.put("endedNs", step.endedNs());
            if (!step.schedState().isEmpty()) {
                event.put("schedExtState", step.schedState());
            }
            if (!step.schedOps().isEmpty()) {
                event.put("schedExtOps", step.schedOps());
            }
            events.add(event);
        }
        result.events().stream().map(StimulusEvents::json).forEach(events::add);
    }
}
