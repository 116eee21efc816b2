package dev.ktstr.run;

import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.inspect.InspectException;
import dev.ktstr.monitor.RunMonitor;
import dev.ktstr.monitor.Violation;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the monitor beside a run: samples from the scheduler's attachment to the end of the test's body. */
final class MonitorCompanion implements Companion {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorCompanion.class);
    private static final int INTERVAL_MS = 100;
    private static final int LEAST_INTERVAL_MS = 5;

    private final RunMonitor monitor;
    private @Nullable BootedGuest guest;
    private MergedChecks checks = MergedChecks.defaults(false);

    /** @throws RunException when {@code ktstr.monitor.interval} is no number of milliseconds, or too small a one */
    MonitorCompanion(Options options) {
        OptionalInt interval = options.positive("monitor.interval");
        if (interval.isPresent() && interval.getAsInt() < LEAST_INTERVAL_MS) {
            throw RunException.setup(
                    "options",
                    "-Dktstr.monitor.interval=" + interval.getAsInt() + " is too short: a sample takes time; "
                            + LEAST_INTERVAL_MS + " ms is the least");
        }
        monitor = new RunMonitor(Duration.ofMillis(interval.orElse(INTERVAL_MS)));
    }

    /** Looks at the kernel now, for the first look at one takes a while, and may ask its agent. */
    @Override
    public void booted(BootedGuest booted) {
        guest = booted;
        try {
            booted.kernel().structs();
        } catch (InspectException e) {
            LOG.debug("the monitor will say it in the result: {}", e.getMessage());
        }
    }

    @Override
    public void attached() {
        BootedGuest booted = guest;
        if (booted != null) {
            VirtualMachine machine = booted.machine();
            monitor.start(
                    booted.kernel(), vcpuThreads(machine), () -> machine.exit().isPresent());
        }
    }

    /** Without them, what the host took from the guest is not known; the samples are the same. */
    private static List<Long> vcpuThreads(VirtualMachine machine) {
        try {
            return machine.vcpuThreads();
        } catch (VmException e) {
            LOG.warn("the vCPUs' threads are not known, so host steal is not: {}", e.getMessage());
            return List.of();
        }
    }

    @Override
    public void scenarioStarted(ScenarioPlan plan) {
        monitor.scenarioStarted(plan);
    }

    @Override
    public void event(StimulusEvent event) {
        monitor.event(event);
    }

    @Override
    public void scenarioEnded() {
        monitor.scenarioEnded();
    }

    @Override
    public void ending() {
        monitor.stop();
    }

    @Override
    public void close() {
        monitor.stop();
    }

    @Override
    public Findings findings(MergedChecks inForce) {
        checks = inForce;
        List<String> failures = new ArrayList<>();
        List<String> inconclusive = new ArrayList<>();
        for (Violation violation : monitor.violations(inForce)) {
            violation
                    .doubt()
                    .ifPresentOrElse(
                            doubt -> inconclusive.add(violation.line() + "; inconclusive: " + doubt),
                            () -> failures.add(violation.line()));
        }
        return new Findings(failures, inconclusive, monitor.notes());
    }

    @Override
    public void contribute(Map<String, Object> sidecar, Map<String, String> sections) {
        monitor.contribute(checks, sidecar, sections);
    }
}
