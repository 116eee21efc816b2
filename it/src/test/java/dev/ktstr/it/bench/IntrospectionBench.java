package dev.ktstr.it.bench;

import dev.ktstr.guest.BootImage;
import dev.ktstr.it.Tools;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.Boot;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.SchedulerBinary;
import dev.ktstr.run.Variant;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.bpf.BpfReader;
import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfCache;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.sched.Monitor;
import dev.ktstr.vm.sched.MonitorSample;
import dev.ktstr.vm.symbols.Kallsyms;
import dev.ktstr.vm.symbols.SymbolTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prints what reading a running kernel costs: BTF cold and from its index, symbols, finding the kernel, samples, lists of maps. */
public final class IntrospectionBench {
    private static final int ROUNDS = 2000;
    private static final int MAPS = 200;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private IntrospectionBench() {}

    /** What is timed; its result is kept, so that it is not optimized away. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T once(String name, Work<T> work) throws IOException {
        long start = System.nanoTime();
        T result = work.run();
        System.out.printf("%-40s %10.3f ms%n", name, (System.nanoTime() - start) / 1e6);
        return result;
    }

    private static void median(String name, Work<?> work) throws IOException {
        long[] times = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        System.out.printf("%-40s %10.1f us (median of %d)%n", name, times[ROUNDS / 2] / 1e3, ROUNDS);
    }

    /** Runs it; {@code -Dktstr.kernel} chooses the kernel. */
    public static void main(String[] args) throws IOException {
        Options options = Options.ofProcess();
        KernelImage image =
                KernelDiscovery.standard().find(options.get("kernel").orElse(null));
        byte[] raw = Files.readAllBytes(image.btf());
        Btf btf = once("BTF, cold", () -> Btf.parse(raw));
        once("rq.scx.local_dsq.nr, cold", () -> btf.field("rq", "scx.local_dsq.nr"));
        try (Scratch scratch = Scratch.make()) {
            measure(options, image, raw, btf, scratch.path());
        }
    }

    private static void measure(Options options, KernelImage image, byte[] raw, Btf btf, Path folder)
            throws IOException {
        BtfCache cache = new BtfCache(folder);
        once("BTF, index made and written", () -> cache.read(raw, image.sha256()));
        once("BTF, from its index", () -> cache.read(raw, image.sha256()));
        Variant variant = new Variant(
                Registry.load(IntrospectionBench.class.getClassLoader()).test("dev.ktstr.it.Fixtures#eightCpus"),
                image);
        try (BootedGuest guest = new Boot(Backends.select(null), options)
                .boot(
                        variant,
                        BootImage.cached(KernelCache.root(System.getenv()).resolve("boot")),
                        folder,
                        machine -> {})) {
            byte[] text =
                    once("kallsyms out of the guest", () -> guest.session().readFile("/proc/kallsyms", 64 << 20));
            SymbolTable symbols = once("kallsyms, parsed", () -> Kallsyms.parse(text));
            KernelMemory memory = once(
                    "kernel found in memory",
                    () -> KernelMemory.open(guest.machine().memory(), symbols));
            KernelStructs structs = new KernelStructs(memory, btf);
            startScheduler(guest, variant, options);
            Monitor monitor = once("monitor made", () -> new Monitor(structs));
            median("sample of " + monitor.cpus().length + " CPUs", monitor::sample);
            maps(guest, new BpfReader(structs));
            guest.machine().freeze();
            wide(guest, symbols, structs);
            guest.machine().resume();
        }
    }

    private static void startScheduler(BootedGuest guest, Variant variant, Options options) throws IOException {
        List<String> argv = new ArrayList<>(List.of(
                Tools.send(guest, SchedulerBinary.find(variant.scheduler().orElseThrow(), options, Path.of("")))));
        argv.addAll(variant.schedulerArgs());
        guest.session().startScheduler(argv, LIMIT);
    }

    private static void maps(BootedGuest guest, BpfReader bpf) throws IOException {
        Tools.run(guest, Tools.send(guest, Tools.compiled("bpf_objects")), "/sys/fs/bpf", Integer.toString(MAPS));
        median("list of " + bpf.maps().size() + " maps", bpf::maps);
        median("list of " + bpf.programs().size() + " programs", bpf::programs);
    }

    /** Larger machines than an emulated guest boots: this one's memory with its per-CPU areas shown again and again. */
    private static void wide(BootedGuest guest, SymbolTable symbols, KernelStructs structs) throws IOException {
        for (int cpus : new int[] {64, 128}) {
            KernelStructs wide = new KernelStructs(
                    KernelMemory.open(new WideMemory(guest.machine().memory(), structs, cpus), symbols), structs.btf());
            Monitor monitor = new Monitor(wide);
            MonitorSample sample = monitor.sample();
            boolean whole = sample.cpus().size() == cpus
                    && sample.cpus().stream()
                            .allMatch(cpu ->
                                    cpu.scx().isPresent() && !cpu.events().isEmpty());
            median("sample of " + cpus + " CPUs" + (whole ? "" : ", NOT WHOLE"), monitor::sample);
        }
    }
}
