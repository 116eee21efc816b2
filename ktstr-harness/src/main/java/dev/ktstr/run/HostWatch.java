package dev.ktstr.run;

import dev.ktstr.checks.HostEvidence;
import dev.ktstr.run.HostTimeline.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Watches, while a scenario runs, what the host keeps from the vCPUs: ten times a second it reads how long their threads have
 * waited for a CPU ({@code /proc/PID/schedstat}, Documentation/scheduler/sched-stats.rst) and the host's own steal time
 * ({@code /proc/stat}, proc(5)). Nothing in the guest is touched. What a host does not tell counts as nothing kept.
 */
public final class HostWatch implements AutoCloseable {
    private static final long PERIOD_MS = 100;
    private static final long END_MS = 5_000;
    private static final int STEAL = 8;

    /** {@code USER_HZ} is 100 on every architecture we run on (include/uapi/asm-generic/param.h). */
    private static final long NS_PER_TICK = 10_000_000;

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
            String[] words = firstLine(proc.resolve(threads[i] + "/schedstat"));
            waited[i] = number(words, 1);
            waits[i] = number(words, 2);
        }
        return new Sample(System.nanoTime(), waited, waits, stolenNs());
    }

    /** Steal of all CPUs over their number. */
    private long stolenNs() {
        int cpus = 0;
        long ticks = 0;
        try (Stream<String> lines = Files.lines(proc.resolve("stat"))) {
            for (String line : lines.takeWhile(l -> l.startsWith("cpu")).toList()) {
                if (line.startsWith("cpu ")) {
                    ticks = number(line.trim().split("\\s+"), STEAL);
                } else {
                    cpus++;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return 0; // a host that does not tell has kept nothing that we know of
        }
        return cpus == 0 ? 0 : ticks * NS_PER_TICK / cpus;
    }

    /** None of a thread that has ended, and on a kernel without CONFIG_SCHED_INFO. */
    private static String[] firstLine(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().orElse("").trim().split("\\s+");
        } catch (IOException | UncheckedIOException e) {
            return new String[0];
        }
    }

    private static long number(String[] words, int at) {
        try {
            return at < words.length ? Long.parseLong(words[at]) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
