package dev.ktstr.run;

import dev.ktstr.Assert;
import dev.ktstr.AssertResult;
import dev.ktstr.Backdrop;
import dev.ktstr.CgroupStats;
import dev.ktstr.Claims;
import dev.ktstr.Ctx;
import dev.ktstr.Guest;
import dev.ktstr.Step;
import dev.ktstr.TestTopology;
import dev.ktstr.checks.HostEvidence;
import dev.ktstr.checks.Judge;
import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.ScenarioResult;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StepReport;
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

    private static final double MAX_SLOWDOWN = 20;

    private final Variant variant;
    private final BootedGuest guest;
    private final Companions companions;
    private final ScenarioOptions options;
    private final long attachedAt = System.nanoTime();
    private MergedChecks checks;
    private AssertResult collected = AssertResult.pass();
    private final List<Claims> claims = new ArrayList<>();
    private final List<Map<String, Object>> events = new ArrayList<>();

    RunContext(
            Variant variant, BootedGuest guest, MergedChecks checks, Companions companions, ScenarioOptions options) {
        this.variant = variant;
        this.guest = guest;
        this.companions = companions;
        this.options = options;
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
        if (!asserted.values().isEmpty()) {
            checks = checks.over(asserted, "assert");
        }
        EncodedScenario scenario = ScenarioEncoder.encode(backdrop, steps, encoding());
        ScenarioPlan plan = scenario.plan();
        ScenarioResult result;
        HostEvidence host;
        companions.scenarioStarted(plan);
        try (HostWatch watch = new HostWatch(guest.machine().vcpuThreads())) {
            result = guest.session().run(plan, allowance(scenario), companions.listener());
            host = watch.evidence(result.endedNs(), System.nanoTime());
        } catch (GuestException e) {
            throw guest.explain("scenario", e);
        } finally {
            companions.scenarioEnded();
        }
        record(result);
        List<CgroupStats> stats = new StatsDecoder(topo()).decode(scenario, result);
        AssertResult judged =
                new AssertResult(schedulerFindings(plan, result), List.of()).and(Judge.judge(stats, checks, host));
        collected = collected.and(judged);
        return judged;
    }

    private Encoding encoding() {
        return Encoding.of(topo(), duration(), workersPerCgroup())
                .schedulerRequired(
                        variant.scheduler().filter(SchedulerEntry::isProcess).isPresent())
                .cgroupParent(variant.scheduler()
                        .flatMap(SchedulerEntry::cgroupParent)
                        .orElse("/"))
                .seed(options.seed())
                .workType(options.workType());
    }

    private Duration allowance(EncodedScenario scenario) {
        double slowdown =
                Math.min(MAX_SLOWDOWN, Math.max(1, guest.session().hello().spinNsPerUnit() / NATIVE_SPIN_NS));
        return scenario.longest().plus(Duration.ofNanos((long) (GRACE.toNanos() * slowdown)));
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
