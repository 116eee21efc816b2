package dev.ktstr.it.bench;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.LiveWork;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.monitor.RunMonitor;
import dev.ktstr.run.Boot;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Variant;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.host.ThreadTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether the guest notices the monitor: workers of one guest that spin for minutes, with the monitor off and on by turns, half a second
 * each. Neighbouring windows are compared, so that neither a host that gets slower nor what differs from one guest to the next is taken for
 * the monitor's doing. Prints a table.
 */
public final class MonitorBench {
    private static final int WARM_UP = 8;
    private static final int PAIRS = 160;
    private static final Duration WINDOW = Duration.ofMillis(500);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final BootedGuest guest;
    private final LiveWork live;
    private final int workers;

    private MonitorBench(BootedGuest guest) {
        this.guest = guest;
        this.live = guest.session().live();
        int cpus = guest.topology().cpuCount();
        workers = live.spawn("", WorkGroup.of(2 * cpus, WorkKind.SPIN_WAIT, WorkParameters.NONE, List.of()))
                .handle();
        live.start(workers);
    }

    /**
     * Work done in a window.
     *
     * @param perSecond of time
     * @param perCpuSecond of time that the host gave the vCPUs
     */
    private record Rate(double perSecond, double perCpuSecond) {}

    /** Runs it; {@code -Dktstr.kernel} chooses the kernel, the first argument how many pairs of windows. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int pairs = args.length == 0 ? PAIRS : Integer.parseInt(args[0]);
        Options options = Options.ofProcess();
        Variant variant = new Variant(
                Registry.load(MonitorBench.class.getClassLoader()).test("dev.ktstr.it.Fixtures#contended"),
                KernelDiscovery.standard().find(options.get("kernel").orElse(null)));
        try (Scratch scratch = Scratch.make();
                BootedGuest guest = new Boot(Backends.select(null), options)
                        .boot(
                                variant,
                                BootImage.cached(
                                        KernelCache.root(System.getenv()).resolve("boot")),
                                scratch.path(),
                                machine -> {})) {
            new MonitorBench(guest).compare(pairs);
        }
    }

    private void compare(int pairs) throws InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            window(i % 2 == 0);
        }
        List<Rate> off = new ArrayList<>();
        List<Rate> on = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            boolean first = i % 2 == 0;
            (first ? on : off).add(window(first));
            (first ? off : on).add(window(!first));
        }
        live.end();
        System.out.printf(Locale.ROOT, "%d pairs of windows of %d ms%n", pairs, WINDOW.toMillis());
        System.out.printf("%-32s %14s %14s %12s%n", "iterations", "off (median)", "on (median)", "difference");
        print(
                "per second of time",
                off.stream().map(Rate::perSecond).toList(),
                on.stream().map(Rate::perSecond).toList());
        print(
                "per second of the vCPUs' time",
                off.stream().map(Rate::perCpuSecond).toList(),
                on.stream().map(Rate::perCpuSecond).toList());
    }

    /** The difference is the median of the pairs' own, with the half of the pairs around it that a person may want to see. */
    private static void print(String name, List<Double> off, List<Double> on) {
        List<Double> lost = new ArrayList<>();
        for (int i = 0; i < off.size(); i++) {
            lost.add(100 * (1 - on.get(i) / off.get(i)));
        }
        System.out.printf(
                Locale.ROOT,
                "%-32s %14.0f %14.0f %10.2f %%  (half of the pairs: %.2f to %.2f; limit 1)%n",
                name,
                quantile(off, 0.5),
                quantile(on, 0.5),
                quantile(lost, 0.5),
                quantile(lost, 0.25),
                quantile(lost, 0.75));
    }

    private Rate window(boolean monitored) throws InterruptedException {
        List<Long> vcpus = guest.machine().vcpuThreads();
        RunMonitor monitor = new RunMonitor(INTERVAL);
        if (monitored) {
            monitor.start(guest.kernel(), vcpus, () -> guest.machine().exit().isPresent());
        }
        long work = work();
        long ran = ranNs(vcpus);
        long from = System.nanoTime();
        Thread.sleep(WINDOW.toMillis());
        double done = work() - work;
        double seconds = (System.nanoTime() - from) / 1e9;
        double cpuSeconds = (ranNs(vcpus) - ran) / 1e9;
        monitor.stop();
        return new Rate(done / seconds, done / cpuSeconds);
    }

    private long work() {
        return live.iterations(workers).stream().mapToLong(Long::longValue).sum();
    }

    private static long ranNs(List<Long> threads) {
        return threads.stream()
                .mapToLong(tid -> ThreadTimes.of(tid).orElseThrow().ranNs())
                .sum();
    }

    private static double quantile(List<Double> values, double q) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) (q * (sorted.size() - 1)));
    }
}
