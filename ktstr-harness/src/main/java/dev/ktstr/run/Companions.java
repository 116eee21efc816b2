package dev.ktstr.run;

import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.ScenarioListener;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.result.RunFolder;
import dev.ktstr.snapshot.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The companions of one run as one. The owner closes it before the guest. */
final class Companions implements Companion {
    private static final Logger LOG = LoggerFactory.getLogger(Companions.class);

    private final List<Companion> all;

    Companions(List<Companion> all) {
        this.all = List.copyOf(all);
    }

    /** Begins what takes long and needs no guest, so that it is done when one is up. */
    static void prefetch(Variant variant, Options options) {
        if (monitored(options) || variant.scheduler().isPresent()) {
            KernelView.prefetch(variant.kernel(), KernelCache.standard());
        }
    }

    private static boolean monitored(Options options) {
        return options.on("monitor", true);
    }

    /** Those that the variant and the options ask for. */
    static Companions of(Variant variant, Options options) {
        List<Companion> all = new ArrayList<>();
        if (monitored(options)) {
            all.add(new MonitorCompanion(options));
        }
        if (variant.scheduler().isPresent()) {
            all.add(new Captures(variant.test().after().numSnapshots(), options.on("exit.watch", true)));
            all.add(new WatchdogLimit(variant.test().watchdog()));
            all.add(new MapWrites(variant.test().mapWrites(), options));
        }
        return new Companions(all);
    }

    @Override
    public void booted(BootedGuest guest) {
        all.forEach(each -> each.booted(guest));
    }

    @Override
    public void attached() {
        all.forEach(Companion::attached);
    }

    @Override
    public void scenarioStarted(ScenarioPlan plan) {
        all.forEach(each -> each.scenarioStarted(plan));
    }

    @Override
    public void event(StimulusEvent event) {
        all.forEach(each -> each.event(event));
    }

    @Override
    public boolean hostRequest(String name) {
        for (Companion each : all) {
            if (each.hostRequest(name)) {
                return true;
            }
        }
        return false;
    }

    /** Hears for them what happens while a scenario runs. */
    ScenarioListener listener() {
        return new ScenarioListener() {
            @Override
            public void event(StimulusEvent event) {
                Companions.this.event(event);
            }

            @Override
            public void hostRequest(String name) {
                if (!Companions.this.hostRequest(name)) {
                    ScenarioListener.super.hostRequest(name);
                }
            }
        };
    }

    @Override
    public void scenarioEnded() {
        all.forEach(Companion::scenarioEnded);
    }

    @Override
    public void ending() {
        all.forEach(Companion::ending);
    }

    /** Closes all, the last first; one that fails does not keep the others open. */
    @Override
    public void close() {
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                all.get(i).close();
            } catch (RuntimeException e) {
                LOG.error("closing {} failed: {}", all.get(i), e.toString());
            }
        }
    }

    @Override
    public Findings findings(MergedChecks checks) {
        List<String> failures = new ArrayList<>();
        List<String> inconclusive = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Companion each : all) {
            Findings found = each.findings(checks);
            failures.addAll(found.failures());
            inconclusive.addAll(found.inconclusive());
            notes.addAll(found.notes());
        }
        return new Findings(failures, inconclusive, notes);
    }

    @Override
    public List<Sample> samples() {
        return all.stream().flatMap(each -> each.samples().stream()).toList();
    }

    @Override
    public void contribute(Map<String, Object> sidecar, Map<String, String> sections) {
        all.forEach(each -> each.contribute(sidecar, sections));
    }

    @Override
    public void leave(RunFolder folder, boolean failure) {
        all.forEach(each -> each.leave(folder, failure));
    }
}
