package dev.ktstr.run;

import dev.ktstr.checks.MergedChecks;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.inspect.InspectException;
import dev.ktstr.result.RunFolder;
import dev.ktstr.snapshot.DumpText;
import dev.ktstr.snapshot.Sample;
import dev.ktstr.snapshot.SnapshotBridge;
import dev.ktstr.snapshot.SnapshotException;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.sched.ScxExit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the scheduler's state while the guest stands still: when the scenario asks for it, by the clock, when the guest writes what
 * the scenario watches, and when the scheduler fails. A thread waits for the clock's next time; {@link ExitDump} has one of its own.
 */
final class Captures implements Companion {
    private static final Logger LOG = LoggerFactory.getLogger(Captures.class);
    private static final String SNAPSHOT = "snapshot:";
    private static final String WATCH = "watch:";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /** File of the run's folder with the state that a scheduler failed in. */
    static final String STATE_FILE = "state.json";

    /** File of the run's folder with all captures. */
    static final String SNAPSHOTS_FILE = "snapshots.json";

    private final int periodic;
    private final boolean watchExit;
    private final SnapshotBridge bridge = new SnapshotBridge();
    private final List<String> notes = new ArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch clockStop = new CountDownLatch(1);
    private @Nullable BootedGuest guest;
    private @Nullable StateReader reader;
    private @Nullable SymbolWatches symbols;
    private @Nullable ExitDump exit;
    private @Nullable Thread clock;
    private ExitDump.@Nullable Dump failed;
    private boolean begun;

    /**
     * Of a run.
     *
     * @param periodic how many captures the clock takes
     * @param watchExit whether a watchpoint is kept on the scheduler's {@code exit_kind}
     */
    Captures(int periodic, boolean watchExit) {
        this.periodic = periodic;
        this.watchExit = watchExit;
    }

    @Override
    public void booted(BootedGuest booted) {
        guest = booted;
        StateReader ofGuest = new StateReader(booted);
        reader = ofGuest;
        symbols = new SymbolWatches(booted.kernel(), new Watches(booted.machine()), ofGuest, bridge);
    }

    @Override
    public void attached() {
        BootedGuest booted = guest;
        StateReader ofGuest = reader;
        SymbolWatches watching = symbols;
        if (booted == null || ofGuest == null || watching == null) {
            return;
        }
        ofGuest.zero();
        try {
            ScxExit kind = new ScxExit(booted.kernel().structs());
            if (kind.known()) {
                exit = new ExitDump(
                        booted.machine(),
                        ofGuest,
                        kind,
                        watchExit ? Optional.of(watching.watches()) : Optional.empty());
                exit.start();
            }
        } catch (InspectException | BpfException | KernelAccessException | VmException e) {
            LOG.debug("no failure dump will be made: {}", e.getMessage());
        }
    }

    private void capture(String name, boolean byClock) {
        StateReader ofGuest = reader;
        if (ofGuest == null) {
            throw new SnapshotException("there is no guest to capture");
        }
        bridge.check(name);
        StateReader.Frozen frozen = ofGuest.freeze();
        bridge.keep(new Sample(name, byClock, frozen.at(), frozen.frozen(), frozen.state()));
    }

    @Override
    public void scenarioStarted(ScenarioPlan plan) {
        if (begun) {
            return;
        }
        begun = true;
        StateReader ofGuest = reader;
        if (ofGuest != null) {
            ofGuest.zero();
        }
        if (periodic > 0) {
            long length = plan.steps().stream()
                    .map(StepPlan::hold)
                    .mapToLong(hold -> hold.totalNs())
                    .sum();
            clock = new Thread(() -> byTheClock(length), "ktstr-captures");
            clock.setDaemon(true);
            clock.start();
        }
    }

    @Override
    public void event(StimulusEvent event) {
        if (event.step() == 0 && event.what().equals("release")) {
            StateReader ofGuest = reader;
            if (ofGuest != null && released.getCount() > 0) {
                ofGuest.released();
            }
            released.countDown();
        }
    }

    /** When the captures are due, in ns from the release of the first workers. */
    static List<Long> times(int count, long lengthNs) {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long due = lengthNs / 10 + (i + 1) * (lengthNs * 8 / 10) / (count + 1);
            long earliest = times.isEmpty() ? 0 : times.get(i - 1) + TimeUnit.MILLISECONDS.toNanos(100);
            times.add(Math.max(due, earliest));
        }
        return times;
    }

    private void byTheClock(long lengthNs) {
        List<Long> times = times(periodic, lengthNs);
        int done = 0;
        String why = "the scenario had ended";
        try {
            boolean running = awaitRelease();
            while (running && done < periodic) {
                StateReader ofGuest = Objects.requireNonNull(reader);
                long wait = ofGuest.due(times.get(done)) - System.nanoTime();
                running = times.get(done) <= lengthNs && !clockStop.await(Math.max(0, wait), TimeUnit.NANOSECONDS);
                if (running) {
                    capture(String.format(Locale.ROOT, "periodic_%03d", done), true);
                    done++;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "the run was interrupted";
        } catch (InspectException | BpfException | KernelAccessException | VmException | SnapshotException e) {
            why = String.valueOf(e.getMessage());
        }
        if (done < periodic) {
            note("of " + periodic + " periodic captures " + done + " were taken: " + why);
        }
    }

    private boolean awaitRelease() throws InterruptedException {
        while (!released.await(20, TimeUnit.MILLISECONDS)) {
            if (clockStop.getCount() == 0) {
                return false;
            }
        }
        return true;
    }

    /** @throws RuntimeException when it cannot be taken; the scenario then ends with its message */
    @Override
    public boolean hostRequest(String name) {
        if (name.startsWith(WATCH)) {
            SymbolWatches watching = symbols;
            if (watching == null) {
                throw new SnapshotException("there is no guest to watch");
            }
            watching.add(name.substring(WATCH.length()));
            return true;
        } else if (!name.startsWith(SNAPSHOT)) {
            return false;
        }
        capture(name.substring(SNAPSHOT.length()), false);
        return true;
    }

    @Override
    public void scenarioEnded() {
        clockStop.countDown();
        join(clock);
        SymbolWatches watching = symbols;
        if (watching != null) {
            watching.end();
        }
    }

    /** Takes the state that the run ends in, for the text of a failure, unless the scheduler has failed before. */
    @Override
    public void ending() {
        stop();
        BootedGuest booted = guest;
        StateReader ofGuest = reader;
        ExitDump ofExit = exit;
        if (ofExit != null) {
            failed = ofExit.dump().orElse(null);
            ofExit.problem().ifPresent(why -> note("the scheduler's state was not captured when it failed: " + why));
        }
        if (booted == null
                || ofGuest == null
                || failed != null
                || booted.machine().exit().isPresent()) {
            return;
        }
        try {
            failed = new ExitDump.Dump(ofGuest.freeze().state(), "taken when the test's body had ended");
        } catch (InspectException | BpfException | KernelAccessException | VmException e) {
            LOG.debug("no state of the run's end: {}", e.getMessage());
        }
    }

    private void note(String text) {
        synchronized (notes) {
            notes.add(text);
        }
    }

    private void stop() {
        clockStop.countDown();
        join(clock);
        ExitDump ofExit = exit;
        if (ofExit != null) {
            ofExit.close();
        }
    }

    static void join(@Nullable Thread thread) {
        if (thread == null) {
            return;
        }
        try {
            thread.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("thread {} did not end within {} s", thread.getName(), STOP_LIMIT.toSeconds());
        }
    }

    @Override
    public void close() {
        stop();
    }

    @Override
    public List<Sample> samples() {
        return bridge.samples().samples();
    }

    @Override
    public Findings findings(MergedChecks checks) {
        List<String> all = new ArrayList<>();
        synchronized (notes) {
            all.addAll(notes);
        }
        SymbolWatches watching = symbols;
        if (watching != null) {
            all.addAll(watching.notes());
        }
        return new Findings(List.of(), List.of(), all);
    }

    @Override
    public void contribute(Map<String, Object> sidecar, Map<String, String> sections) {
        if (!samples().isEmpty()) {
            sidecar.put("snapshots", samples().stream().map(CapturesJson::entry).toList());
        }
        ExitDump.Dump dump = failed;
        if (dump != null && !dump.state().maps().isEmpty()) {
            sections.put("scheduler state", dump.how() + "\n" + DumpText.of(dump.state()));
        }
    }

    @Override
    public void leave(RunFolder folder, boolean failure) {
        List<Sample> kept = samples();
        if (!kept.isEmpty()) {
            folder.write(SNAPSHOTS_FILE, CapturesJson.all(kept));
        }
        ExitDump.Dump dump = failed;
        if (failure && dump != null && !dump.state().maps().isEmpty()) {
            folder.write(STATE_FILE, CapturesJson.dump(dump));
        }
    }
}
