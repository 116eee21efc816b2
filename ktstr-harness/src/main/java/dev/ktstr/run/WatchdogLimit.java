package dev.ktstr.run;

import dev.ktstr.checks.MergedChecks;
import dev.ktstr.inspect.InspectException;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.sched.ScxWatchdog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sets how long sched_ext lets a runnable task wait, in the kernel's memory, once the scheduler is attached. A limit that the test
 * did not write is only ever lowered to: a scheduler without one has the kernel's 30 s, which no test would live to see.
 */
final class WatchdogLimit implements Companion {
    private final TestEntry.Watchdog wanted;
    private final Map<String, Object> fact = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable BootedGuest guest;

    WatchdogLimit(TestEntry.Watchdog wanted) {
        this.wanted = wanted;
    }

    @Override
    public void booted(BootedGuest booted) {
        guest = booted;
    }

    @Override
    public void attached() {
        BootedGuest booted = guest;
        if (booted == null) {
            return;
        }
        try {
            set(booted.kernel().watchdog());
        } catch (InspectException | KernelAccessException e) {
            left(String.valueOf(e.getMessage()));
        }
    }

    private void set(ScxWatchdog watchdog) {
        Optional<Duration> before = watchdog.read();
        if (before.isEmpty()) {
            boolean nowhere = watchdog.place().startsWith("nowhere");
            left(
                    nowhere
                            ? "it is kept " + watchdog.place()
                            : watchdog.place()
                                    + " cannot be read; no sched_ext scheduler is loaded, or the length of a jiffy is not known");
            return;
        }
        Duration limit = Duration.ofSeconds(wanted.timeoutS());
        fact.put("place", watchdog.place());
        fact.put("ofSchedulerMs", before.get().toMillis());
        boolean change = wanted.asked() ? !limit.equals(before.get()) : limit.compareTo(before.get()) < 0;
        if (change) {
            watchdog.write(limit);
            fact.put("setToMs", limit.toMillis());
            Duration next = before.get().dividedBy(2);
            if (next.compareTo(limit) > 0) {
                notes.add("the sched_ext watchdog is set to " + wanted.timeoutS()
                        + " s, but looks for the first time up to "
                        + next.toSeconds() + " s after the scheduler was attached, for the scheduler's own limit is "
                        + before.get().toSeconds() + " s; set timeout_ms in its ops");
            }
        }
    }

    /** Only who asked for it is told that it is not so. */
    private void left(String why) {
        if (wanted.asked()) {
            notes.add("watchdogTimeoutS = " + wanted.timeoutS() + " was not set: " + why);
        }
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    @Override
    public Findings findings(MergedChecks checks) {
        return new Findings(List.of(), List.of(), notes);
    }

    @Override
    public void contribute(Map<String, Object> sidecar, Map<String, String> sections) {
        if (!fact.isEmpty()) {
            sidecar.put("watchdog", fact);
        }
    }
}
