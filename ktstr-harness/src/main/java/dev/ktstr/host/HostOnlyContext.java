package dev.ktstr.host;

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
import dev.ktstr.run.TestEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@code hostOnly} test sees: this host, and no guest. */
final class HostOnlyContext implements Ctx {
    private final TestEntry test;
    private final List<Claims> claims = new ArrayList<>();
    private final boolean logPasses;
    private @Nullable TestTopology topology;

    HostOnlyContext(TestEntry test, boolean logPasses) {
        this.test = test;
        this.logPasses = logPasses;
    }

    /** The host's own. */
    @Override
    public TestTopology topo() {
        TestTopology known = topology;
        if (known == null) {
            known = HostTopology.read();
            topology = known;
        }
        return known;
    }

    @Override
    public Duration duration() {
        return Duration.ofSeconds(test.durationS());
    }

    @Override
    public int workersPerCgroup() {
        return test.workersPerCgroup();
    }

    /** The scheduler that is active on the host. */
    @Override
    public String scheduler() {
        return HostFacts.read().scheduler().orElse("eevdf");
    }

    @Override
    public Guest guest() {
        throw without("there is none to speak with");
    }

    @Override
    public String schedulerLog() {
        return "";
    }

    @Override
    public AssertResult executeScenarioWith(Assert checks, Backdrop backdrop, List<Step> steps) {
        throw without("there is none to run a scenario in");
    }

    @Override
    public AssertResult runPayload() {
        throw without("there is none to run a payload in");
    }

    @Override
    public PayloadCall payload(Class<?> type) {
        throw without("there is none to run a payload in");
    }

    @Override
    public List<PayloadResult> payloads() {
        return List.of();
    }

    @Override
    public Cgroups cgroups() {
        throw without("there is none to make cgroups in");
    }

    @Override
    public WorkloadHandle spawn(WorkloadConfig config) {
        throw without("there is none to spawn workers in");
    }

    @Override
    public AssertResult check(CgroupStats... stats) {
        throw without("there are no thresholds in force");
    }

    @Override
    public Claims claims() {
        Claims begun = new Claims(logPasses);
        claims.add(begun);
        return begun;
    }

    /** What came of claims that the test made and did not put into a result. */
    AssertResult untold() {
        return claims.stream().map(Claims::untold).reduce(AssertResult.pass(), AssertResult::and);
    }

    private IllegalStateException without(String what) {
        return new IllegalStateException("test '" + test.id() + "' is hostOnly: it has no guest, and " + what
                + ". Hint: drop hostOnly; scenarios on the host itself are run by mvn ktstr:run");
    }
}
