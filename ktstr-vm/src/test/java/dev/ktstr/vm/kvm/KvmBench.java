package dev.ktstr.vm.kvm;

import com.sun.management.ThreadMXBean;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.host.ThreadTimes;
import dev.ktstr.vm.kvm.device.Device;
import dev.ktstr.vm.kvm.device.InterruptLine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code kvm} backend costs on this host's KVM, with guests of a few bytes, so that it runs on software-paged KVM, in
 * the nested lab and on metal alike. {@code rival_exits.c}, built statically, is the bare loop it is compared with, by turns.
 * Prints a table. Argument: the rival's program.
 */
public final class KvmBench {
    private static final int EXITS = 50_000;
    private static final int ROUNDS = 3;
    private static final int FREEZES = 200;
    private static final Path FOLDER = Path.of(System.getProperty("java.io.tmpdir"));

    /** eb fe: jmp to itself. */
    private static final String SPIN = "ebfe";

    /** ff 05 00 80 00 00: incl 0x8000; eb f8: jmp to it. */
    private static final String COUNT = "ff0500800000" + "ebf8";

    /** 31 c0: xor %eax,%eax; e6 80: out %al,$0x80; eb fc: jmp to the out. What the rival's guest does. */
    private static final String EXIT = "31c0" + "e680" + "ebfc";

    /**
     * As the kernel's driver fills a FIFO: waits for the transmitter, writes 16 bytes by one string instruction, again.
     *
     * <pre>
     * fc                cld
     * 66 ba fd 03    1: mov  $0x3fd,%dx
     * ec             2: in   (%dx),%al
     * a8 20             test $0x20,%al
     * 74 fb             jz   2b
     * 66 ba f8 03       mov  $0x3f8,%dx
     * be 00 10 00 00    mov  $0x1000,%esi
     * b9 10 00 00 00    mov  $16,%ecx
     * f3 6e             rep  outsb
     * eb e5             jmp  1b
     * </pre>
     */
    private static final String PRINT =
            "fc" + "66bafd03" + "ec" + "a820" + "74fb" + "66baf803" + "be00100000" + "b910000000" + "f36e" + "ebe5";

    private KvmBench() {}

    /** Runs all. */
    public static void main(String[] args) throws IOException, InterruptedException {
        row("figure", "goal", "measured");
        memory();
        exits(args.length > 0 ? Path.of(args[0]) : null);
        manyVcpus();
        freeze();
        console();
        devices();
    }

    private static void row(String figure, String goal, String measured) {
        System.out.printf(Locale.ROOT, "%-58s %-22s %s%n", figure, goal, measured);
    }

    // Memory over guest RAM

    /** First of all, so that the classes that a first machine loads count as well. */
    private static void memory() throws IOException {
        System.gc();
        long before = statusKb("VmRSS:");
        try (Scratch scratch = new Scratch();
                VirtualMachine vm = new KvmBackend().start(TinyGuest.spec(scratch.folder, "1n1l4c1t", SPIN))) {
            sleepUntilThreads(vm, 4);
            long over = statusKb("VmRSS:") - before - ramKb();
            row("memory over guest RAM, 4 vCPUs", "< 64 MB", over / 1024 + " MB of resident memory");
        }
    }

    private static void sleepUntilThreads(VirtualMachine vm, int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (vm.vcpuThreads().size() < count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the vCPUs' threads did not start within 30 s");
            }
            Thread.onSpinWait();
        }
    }

    private static long statusKb(String key) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return kb(lines.filter(l -> l.startsWith(key)).findFirst().orElseThrow());
        }
    }

    private static long ramKb() throws IOException {
        long sum = 0;
        boolean ram = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ram = line.contains("memfd:ktstr-ram");
            } else if (ram && line.startsWith("Rss:")) {
                sum += kb(line);
            }
        }
        return sum;
    }

    private static long kb(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    // Exits

    /** Takes the time of each exit, on the vCPU's thread. */
    private static final class Stopwatch implements Device {
        private final long[] gaps = new long[EXITS];
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final CountDownLatch done = new CountDownLatch(1);
        private final int warmUp;
        private int seen;
        private long last;
        private long allocatedBefore;
        private volatile long allocated;

        Stopwatch(int warmUp) {
            this.warmUp = warmUp;
        }

        @Override
        public long read(int offset, int size) {
            return 0;
        }

        @Override
        public void write(int offset, int size, long value) {
            long now = System.nanoTime();
            int i = seen - warmUp;
            if (i == 0) {
                allocatedBefore = threads.getCurrentThreadAllocatedBytes();
            } else if (i > 0 && i <= EXITS) {
                gaps[i - 1] = now - last;
                if (i == EXITS) {
                    allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
                    done.countDown();
                }
            }
            seen++;
            last = i == 0 ? System.nanoTime() : now;
        }

        @Override
        public byte[] state() {
            return new byte[0];
        }

        @Override
        public void restore(byte[] state) {
            throw new UnsupportedOperationException("a stopwatch has no state");
        }
    }

    private static void exits(@Nullable Path rival) throws IOException, InterruptedException {
        long[][] ours = new long[ROUNDS][];
        long[][] theirs = new long[ROUNDS][];
        String rings = "";
        for (int round = 0; round < ROUNDS; round++) {
            if (rival != null) {
                for (String line : rivals(rival)) {
                    String[] words = line.split(" ", -1);
                    if (words[0].equals("exit")) {
                        theirs[round] = new long[] {Long.parseLong(words[1]), Long.parseLong(words[2])};
                    } else {
                        rings += " " + words[0] + "=" + words[1];
                    }
                }
            }
            ours[round] = ourExits(30_000);
        }
        long[] best = best(ours);
        row("exit round trip, p50", "C + 2000 ns", best[0] + " ns" + against(theirs, rival, 0));
        row("exit round trip, p99", "C + 10000 ns", best[1] + " ns" + against(theirs, rival, 1));
        row(
                "bytes allocated in " + EXITS + " exits",
                "0",
                best[2] + " (all rounds " + ours[0][2] + ", " + ours[1][2] + ", " + ours[2][2] + ")");
        if (rival != null) {
            row("a ring of the doorbell in C, ns", "", rings.strip());
        }
    }

    private static String against(long[][] theirs, @Nullable Path rival, int column) {
        return rival == null ? "" : ", C " + best(theirs)[column] + " ns";
    }

    /** Of rounds on a host that does other things, too, the least disturbed. */
    private static long[] best(long[][] rounds) {
        return Arrays.stream(rounds)
                .min((a, b) -> Long.compare(a[0] + a[1], b[0] + b[1]))
                .orElseThrow();
    }

    private static List<String> rivals(Path rival) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(rival.toString(), String.valueOf(EXITS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(rival + " failed: " + said);
        }
        return said.lines().toList();
    }

    /** Median, 99th percentile, and bytes that the vCPU's thread allocated meanwhile. */
    private static long[] ourExits(int warmUp) throws InterruptedException {
        Stopwatch watch = new Stopwatch(warmUp);
        try (BareMachine machine = new BareMachine(List.of(EXIT))) {
            machine.hardware.ports.add(0x80, 1, watch);
            machine.start();
            if (!watch.done.await(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the guest does not exit; " + machine.end.reason());
            }
        }
        long[] gaps = watch.gaps.clone();
        Arrays.sort(gaps);
        return new long[] {gaps[EXITS / 2], gaps[EXITS / 100 * 99], watch.allocated};
    }

    // Many vCPUs

    private static void manyVcpus() throws IOException {
        long[] best = {Long.MAX_VALUE, 0, 0};
        for (int round = 0; round < ROUNDS; round++) {
            try (Scratch scratch = new Scratch()) {
                long start = System.nanoTime();
                VirtualMachine vm = new KvmBackend().start(TinyGuest.spec(scratch.folder, "1n14l9c2t", SPIN));
                sleepUntilThreads(vm, 252);
                long up = System.nanoTime();
                vm.close();
                long end = System.nanoTime();
                if (end - start < best[0]) {
                    best = new long[] {end - start, up - start, end - up};
                }
            }
        }
        row(
                "252 vCPUs created, running, stopped and released",
                "< 2000 ms",
                best[0] / 1_000_000 + " ms (" + best[1] / 1_000_000 + " up, " + best[2] / 1_000_000 + " down)");
    }

    // Freezing

    private static void freeze() throws InterruptedException {
        try (BareMachine machine = new BareMachine(List.of(COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT))) {
            machine.start();
            long[] nanos = new long[FREEZES];
            for (int i = 0; i < FREEZES; i++) {
                long start = System.nanoTime();
                machine.vcpus.forEach(Vcpu::requestPause);
                long deadline = start + TimeUnit.SECONDS.toNanos(10);
                for (Vcpu vcpu : machine.vcpus) {
                    if (!vcpu.awaitPaused(deadline)) {
                        throw new IllegalStateException("vCPU " + vcpu.number() + " was not frozen within 10 s");
                    }
                }
                nanos[i] = System.nanoTime() - start;
                machine.vcpus.forEach(Vcpu::requestResume);
                TimeUnit.MILLISECONDS.sleep(2);
            }
            Arrays.sort(nanos);
            row(
                    "freeze of 8 running vCPUs on " + Runtime.getRuntime().availableProcessors() + " CPUs",
                    "< 2 ms",
                    nanos[FREEZES / 2] / 1000 + " us median, " + nanos[FREEZES * 9 / 10] / 1000 + " us p90");
        }
    }

    // Console

    /** One vCPU counts, another spins or prints as fast as it can. */
    private static void console() throws IOException, InterruptedException {
        double[] alone = new double[ROUNDS];
        double[] beside = new double[ROUNDS];
        double rate = 0;
        for (int round = 0; round < ROUNDS; round++) {
            alone[round] = counts(SPIN)[0];
            double[] printing = counts(PRINT);
            beside[round] = printing[0];
            rate = Math.max(rate, printing[1]);
        }
        Arrays.sort(alone);
        Arrays.sort(beside);
        double ratio = beside[ROUNDS / 2] / alone[ROUNDS / 2];
        row("console of a vCPU that only prints", "1 MB/s", String.format(Locale.ROOT, "%.2f MB/s", rate / 1e6));
        row(
                "another vCPU's loop meanwhile, a CPU second, beside a spinner",
                "1.0",
                String.format(Locale.ROOT, "%.2f", ratio));
    }

    /** What a megabyte costs without the exits: line status and byte, as the driver does it, and the file's writer beside. */
    private static void devices() throws IOException, InterruptedException {
        int bytes = 8 << 20;
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Hardware hardware = new Hardware(gsi -> InterruptLine.NONE, new EndSwitch(), () -> {});
            try (Scratch scratch = new Scratch();
                    ConsoleFile console =
                            new ConsoleFile(hardware.consoleOut, scratch.folder.resolve("console"), "bench")) {
                console.start();
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long start = threads.getCurrentThreadCpuTime();
                for (int i = 0; i < bytes; ) {
                    if ((hardware.ports.read(0x3fd, 1) & 0x20) != 0) {
                        hardware.ports.write(0x3f8, 1, 'x');
                        i++;
                    } else {
                        Thread.onSpinWait();
                    }
                }
                best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
                console.flush(TimeUnit.SECONDS.toNanos(10));
                if (Files.size(scratch.folder.resolve("console")) != bytes) {
                    throw new IllegalStateException("the console lost bytes");
                }
            }
        }
        row("CPU time of the devices for 1 MB of console", "", best / (bytes >> 20) / 1000 + " us");
    }

    /** Turns of the counting vCPU per second of its CPU time, whatever else runs here; and bytes per second of the console. */
    private static double[] counts(String other) throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch();
                BareMachine machine = new BareMachine(List.of(COUNT, other));
                ConsoleFile console =
                        new ConsoleFile(machine.hardware.consoleOut, scratch.folder.resolve("console"), "bench")) {
            console.start();
            machine.start();
            TimeUnit.MILLISECONDS.sleep(200);
            long from = machine.counter();
            long bytes = machine.hardware.consoleOut.total();
            long start = System.nanoTime();
            long ran = ranNs(machine);
            TimeUnit.SECONDS.sleep(2);
            double seconds = (System.nanoTime() - start) / 1e9;
            return new double[] {
                ((machine.counter() - from) & 0xffffffffL) / (double) (ranNs(machine) - ran),
                (machine.hardware.consoleOut.total() - bytes) / seconds
            };
        }
    }

    private static long ranNs(BareMachine machine) {
        return ThreadTimes.of(machine.vcpus.get(0).cpu().threadId())
                .orElseThrow()
                .ranNs();
    }

    /** A folder that goes with the benchmark. */
    private static final class Scratch implements AutoCloseable {
        final Path folder;

        Scratch() throws IOException {
            folder = Files.createTempDirectory(FOLDER, "ktstr-bench");
        }

        @Override
        public void close() throws IOException {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
