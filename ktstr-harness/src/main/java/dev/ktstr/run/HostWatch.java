package dev.ktstr.run;

import dev.ktstr.checks.HostEvidence;
import dev.ktstr.run.HostTimeline.Sample;
import dev.ktstr.vm.host.HostTicks;
import dev.ktstr.vm.host.ThreadTimes;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watches, while a scenario runs, what the host keeps from the vCPUs: ten times a second it reads how long their threads have
 * waited for a CPU ({@link ThreadTimes}) and the host's own steal time ({@link HostTicks}). Nothing in the guest is touched. What a host does not tell counts as nothing kept.
 */
public final class HostWatch implements AutoCloseable {
    private static final long PERIOD_MS = 100;
    private static final long END_MS = 5_000;

    private final Path proc;
    private final long[] threads;
    private final HostTimeline timeline = new HostTimeline();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    /** Begins to watch those threads; ids may come several times, for vCPUs that take turns on one. */
    public HostWatch(List<Long> vcpuThreads) {
        this(Path.of("/proc"), vcpuThreads);
    }

    HostWatch(Path proc, List<Long> vcpuThreads) {
        this.proc = proc;
        this.threads =
                vcpuThreads.stream().distinct().mapToLong(Long::longValue).toArray();
        this.thread = new Thread(this::watch, "ktstr-host-watch");
        thread.setDaemon(true);
        timeline.add(look());
        thread.start();
    }

    private void watch() {
        try {
            while (!stop.await(PERIOD_MS, TimeUnit.MILLISECONDS)) {
                Sample sample = look();
                synchronized (timeline) {
                    timeline.add(sample);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes a last look and ends the watch. Idempotent. */
    @Override
    public void close() {
        if (stop.getCount() == 0) {
            return;
        }
        stop.countDown();
        try {
            thread.join(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Sample last = look();
        synchronized (timeline) {
            timeline.add(last);
        }
    }

    /**
     * What was seen, on the guest's clock.
     *
     * @param guestNs a moment on the guest's {@code CLOCK_MONOTONIC}
     * @param hostNs the same moment as {@link System#nanoTime}
     */
    public HostEvidence evidence(long guestNs, long hostNs) {
        long offset = hostNs - guestNs;
        return (fromNs, toNs) -> {
            synchronized (timeline) {
                return timeline.between(fromNs + offset, toNs + offset);
            }
        };
    }

    private Sample look() {
        long[] waited = new long[threads.length];
        long[] waits = new long[threads.length];
        for (int i = 0; i < threads.length; i++) {
            ThreadTimes times = ThreadTimes.of(proc, threads[i]).orElse(ThreadTimes.NONE);
            waited[i] = times.waitedNs();
            waits[i] = times.slices();
        }
        long stolen = HostTicks.read(proc).map(HostTicks::stolenNsPerCpu).orElse(0L);
        return new Sample(System.nanoTime(), waited, waits, stolen);
    }
}
