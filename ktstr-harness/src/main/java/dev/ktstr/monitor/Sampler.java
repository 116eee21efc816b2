package dev.ktstr.monitor;

import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.sched.Monitor;
import dev.ktstr.vm.sched.MonitorSample;
import dev.ktstr.vm.sched.RunqueueSample;
import dev.ktstr.vm.sched.SchedDomain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples a guest's runqueues at an interval, in a thread of its own, until it is stopped. The owner stops it before the guest's
 * memory goes away.
 */
final class Sampler {
    /** CPUs times samples: about 60 bytes each, so 60 MB at most. Eight CPUs take three hours to fill it. */
    private static final int MAX_CELLS = 1_000_000;

    /** So many readings in a row that fail, and the guest is taken to be gone. */
    private static final int MAX_FAILURES = 10;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final KernelStructs structs;
    private final Monitor monitor;
    private final HostTimes.Reader host;
    private final Duration interval;
    private final BooleanSupplier ended;
    private final Map<Integer, Integer> place = new HashMap<>();
    private final List<Reading> readings = new ArrayList<>();
    private final List<Long> costNs = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Long> events = new TreeMap<>();
    private final Map<Integer, List<SchedDomain>> domains = new TreeMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "ktstr-runqueues");
    private @Nullable MonitorSample first;
    private @Nullable MonitorSample last;
    private long inconsistent;
    private boolean schedstats;
    private int failures;

    /**
     * A sampler, not started.
     *
     * @param vcpuThreads the host's threads that run the vCPUs
     * @param ended whether the guest has
     */
    Sampler(KernelStructs structs, Monitor monitor, List<Long> vcpuThreads, Duration interval, BooleanSupplier ended) {
        this.ended = ended;
        this.structs = structs;
        this.monitor = monitor;
        this.host = new HostTimes.Reader(Path.of("/proc"), vcpuThreads);
        this.interval = interval;
        for (int cpu : monitor.cpus()) {
            place.put(cpu, place.size());
        }
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes no more samples; returns when the thread is done. Idempotent. */
    void stop() {
        stop.countDown();
        boolean interrupted = false;
        try {
            thread.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(
                    "the monitor's thread did not stop within " + STOP_LIMIT.toSeconds() + " s");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            readDomains();
            schedstats = schedstatsOn();
            long next = System.nanoTime();
            boolean more = true;
            while (more) {
                more = once();
                // A host that falls behind skips samples; it does not catch up by taking them closer together.
                long now = System.nanoTime();
                next = Math.max(next + interval.toNanos(), now);
                more &= !stop.await(next - now, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            notes.add("the monitor was interrupted after " + readings.size() + " samples");
        } catch (RuntimeException | LinkageError e) {
            notes.add("the monitor failed after " + readings.size() + " samples: " + e);
        }
    }

    private void readDomains() {
        try {
            for (int cpu : monitor.cpus()) {
                domains.put(cpu, SchedDomain.of(structs, monitor, cpu));
            }
        } catch (KernelAccessException | BtfException e) {
            domains.clear();
            notes.add("the scheduling domains could not be read: " + e.getMessage());
        }
    }

    /**
     * Whether this kernel counts what {@code /proc/schedstat} shows: {@code kernel.sched_schedstats}, a static key, whose first word is
     * the count of those who turned it on ({@code include/linux/jump_label.h}). Time on the CPU and waiting is always counted.
     */
    private boolean schedstatsOn() {
        OptionalLong key = structs.memory().findSymbol("sched_schedstats");
        try {
            return key.isPresent() && structs.memory().readInt(key.getAsLong()) > 0;
        } catch (KernelAccessException e) {
            return false; // absent rather than made up
        }
    }

    /** Takes a sample; false when no more are to be taken. */
    private boolean once() {
        if (ended.getAsBoolean()) {
            return false;
        }
        long from = System.nanoTime();
        MonitorSample sample;
        try {
            sample = monitor.sample();
        } catch (KernelAccessException e) {
            if (++failures < MAX_FAILURES) {
                return true;
            }
            notes.add("the monitor gave up after " + readings.size() + " samples, for the runqueues cannot be read: "
                    + e.getMessage());
            return false;
        }
        failures = 0;
        costNs.add(System.nanoTime() - from);
        inconsistent += sample.cpus().stream().filter(cpu -> !cpu.consistent()).count();
        count(sample);
        readings.add(Reading.of(sample, host.read(), place));
        if ((long) (readings.size() + 1) * place.size() > MAX_CELLS) {
            notes.add("the monitor saw the first " + readings.size() + " samples only, for it keeps no more of "
                    + place.size() + " CPUs");
            return false;
        }
        return true;
    }

    /** Counters begin anew with every scheduler that is loaded. */
    private void count(MonitorSample sample) {
        Map<String, Long> before = last == null ? sample.events() : last.events();
        sample.events().forEach((name, value) -> {
            long old = before.getOrDefault(name, 0L);
            events.merge(name, value >= old ? value - old : value, Long::sum);
        });
        if (first == null) {
            first = sample;
        }
        last = sample;
    }

    /** What was seen; after {@link #stop}. */
    Recording recording() {
        costNs.sort(null);
        return new Recording(
                place.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue())
                        .map(Map.Entry::getKey)
                        .toList(),
                interval,
                host.turns(),
                readings,
                events,
                schedstat(),
                schedstats,
                domains,
                inconsistent,
                costNs,
                notes);
    }

    private Map<Integer, RunqueueSample.Schedstat> schedstat() {
        Map<Integer, RunqueueSample.Schedstat> before = new HashMap<>();
        Map<Integer, RunqueueSample.Schedstat> grown = new LinkedHashMap<>();
        if (first != null && last != null) {
            first.cpus().forEach(cpu -> cpu.schedstat().ifPresent(s -> before.put(cpu.cpu(), s)));
            last.cpus()
                    .forEach(cpu -> cpu.schedstat()
                            .filter(s -> before.containsKey(cpu.cpu()))
                            .ifPresent(s -> grown.put(cpu.cpu(), minus(s, before.get(cpu.cpu())))));
        }
        return grown;
    }

    /** The first five are 32 bits wide in the kernel, and wrap around. */
    private static RunqueueSample.Schedstat minus(RunqueueSample.Schedstat now, RunqueueSample.Schedstat before) {
        return new RunqueueSample.Schedstat(
                Integer.toUnsignedLong((int) (now.yldCount() - before.yldCount())),
                Integer.toUnsignedLong((int) (now.schedCount() - before.schedCount())),
                Integer.toUnsignedLong((int) (now.schedGoidle() - before.schedGoidle())),
                Integer.toUnsignedLong((int) (now.ttwuCount() - before.ttwuCount())),
                Integer.toUnsignedLong((int) (now.ttwuLocal() - before.ttwuLocal())),
                now.cpuTime() - before.cpuTime(),
                now.runDelay() - before.runDelay(),
                now.pcount().isPresent() && before.pcount().isPresent()
                        ? OptionalLong.of(
                                now.pcount().getAsLong() - before.pcount().getAsLong())
                        : OptionalLong.empty());
    }
}
