package dev.ktstr.run;

import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.inspect.InspectException;
import dev.ktstr.snapshot.CapturedState;
import dev.ktstr.snapshot.DumpText;
import dev.ktstr.snapshot.Sample;
import dev.ktstr.snapshot.SnapshotBridge;
import dev.ktstr.snapshot.SnapshotException;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.sched.ScxExit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the scheduler's state while the guest stands still: when the scenario asks for it, by the clock, and when the scheduler
 * fails. Two threads, one that waits for the clock's next time and one that looks at how the scheduler ends.
 */
final class Captures implements Companion {
    private static final Logger LOG = LoggerFactory.getLogger(Captures.class);
    private static final String SNAPSHOT = "snapshot:";
    private static final String WATCH = "watch:";
    private static final long LOOK_NS = 2_000_000;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final int periodic;
    private final SnapshotBridge bridge = new SnapshotBridge();
    private final List<String> notes = new ArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch clockStop = new CountDownLatch(1);
    private final CountDownLatch watchStop = new CountDownLatch(1);
    private final Object turn = new Object();
    private @Nullable BootedGuest guest;
    private @Nullable Thread clock;
    private @Nullable Thread watch;
    private volatile @Nullable CapturedState failed;
    private volatile long zeroNs;
    private long frozenNs;
    private boolean begun;

    /** @param periodic how many captures the clock takes */
    Captures(int periodic) {
        this.periodic = periodic;
    }

    @Override
    public void booted(BootedGuest booted) {
        guest = booted;
    }

    @Override
    public void attached() {
        zeroNs = System.nanoTime();
        BootedGuest booted = guest;
        if (booted == null) {
            return;
        }
        try {
            ScxExit exit = new ScxExit(booted.kernel().structs());
            if (exit.known()) {
                watch = start("ktstr-scx-exit", () -> watch(booted, exit));
            }
        } catch (InspectException e) {
            LOG.debug("no failure dump will be made: {}", e.getMessage());
        }
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Looks until the scheduler fails, then copies its maps before its process ends and they go. */
    private void watch(BootedGuest booted, ScxExit exit) {
        try {
            while (!watchStop.await(LOOK_NS, TimeUnit.NANOSECONDS)
                    && booted.machine().exit().isEmpty()) {
                if (kind(exit) >= ScxExit.ERROR) {
                    failed = frozen(booted).state;
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (InspectException | BpfException | KernelAccessException | VmException e) {
            synchronized (notes) {
                notes.add("the scheduler's state could not be captured when it failed: " + e.getMessage());
            }
        }
    }

    private static int kind(ScxExit exit) {
        try {
            return exit.kind();
        } catch (KernelAccessException e) {
            return 0; // its state was freed between two reads; it is looked up anew next time
        }
    }

    private record Frozen(CapturedState state, Duration length) {}

    /** Reads the state of a guest that stands still. One at a time, for the second would let the guest run in the first's reading. */
    private Frozen frozen(BootedGuest booted) {
        VirtualMachine machine = booted.machine();
        synchronized (turn) {
            long from = System.nanoTime();
            CapturedState state;
            machine.freeze();
            try {
                state = CapturedState.read(booted.kernel());
            } finally {
                machine.resume();
            }
            long took = System.nanoTime() - from;
            frozenNs += took;
            return new Frozen(state, Duration.ofNanos(took));
        }
    }

    private void capture(String name, boolean byClock) {
        BootedGuest booted = guest;
        if (booted == null) {
            throw new SnapshotException("there is no guest to capture");
        }
        bridge.check(name);
        long at;
        synchronized (turn) {
            at = System.nanoTime() - zeroNs - frozenNs;
        }
        Frozen frozen = frozen(booted);
        bridge.keep(new Sample(name, byClock, Duration.ofNanos(Math.max(0, at)), frozen.length, frozen.state));
    }

    @Override
    public void scenarioStarted(ScenarioPlan plan) {
        if (begun) {
            return;
        }
        begun = true;
        synchronized (turn) {
            zeroNs = System.nanoTime();
            frozenNs = 0;
        }
        if (periodic > 0) {
            long length = plan.steps().stream()
                    .map(StepPlan::hold)
                    .mapToLong(hold -> hold.totalNs())
                    .sum();
            clock = start("ktstr-captures", () -> byTheClock(length));
        }
    }

    @Override
    public void event(StimulusEvent event) {
        if (event.step() == 0 && event.what().equals("release")) {
            synchronized (turn) {
                if (released.getCount() > 0) {
                    zeroNs = System.nanoTime();
                    frozenNs = 0;
                }
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
                long wait;
                synchronized (turn) {
                    wait = zeroNs + frozenNs + times.get(done) - System.nanoTime();
                }
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
            synchronized (notes) {
                notes.add("of " + periodic + " periodic captures " + done + " were taken: " + why);
            }
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
            throw new SnapshotException("watching '" + name.substring(WATCH.length())
                    + "' takes a hardware watchpoint, and this backend gives none; capture it by name instead");
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
    }

    /** Takes the state that the run ends in, for the text of a failure, unless the scheduler has failed before. */
    @Override
    public void ending() {
        stop();
        BootedGuest booted = guest;
        if (booted == null || failed != null || booted.machine().exit().isPresent()) {
            return;
        }
        try {
            failed = frozen(booted).state;
        } catch (InspectException | BpfException | KernelAccessException | VmException e) {
            LOG.debug("no state of the run's end: {}", e.getMessage());
        }
    }

    private void stop() {
        clockStop.countDown();
        watchStop.countDown();
        join(clock);
        join(watch);
    }

    private static void join(@Nullable Thread thread) {
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
    public Findings findings(dev.ktstr.checks.MergedChecks checks) {
        synchronized (notes) {
            return new Findings(List.of(), List.of(), notes);
        }
    }

    @Override
    public void contribute(Map<String, Object> sidecar, Map<String, String> sections) {
        if (!samples().isEmpty()) {
            sidecar.put("snapshots", samples().stream().map(Captures::json).toList());
        }
        CapturedState state = failed;
        if (state != null && !state.maps().isEmpty()) {
            sections.put("scheduler state", DumpText.of(state));
        }
    }

    private static Map<String, Object> json(Sample sample) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", sample.name());
        json.put("periodic", sample.periodic());
        json.put("atMs", sample.at().toMillis());
        json.put("frozenMs", Math.round(sample.frozen().toNanos() / 1e4) / 100.0);
        return json;
    }
}
