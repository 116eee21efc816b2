package dev.ktstr.it.bench;

import dev.ktstr.guest.BootImage;
import dev.ktstr.it.Runs;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.VariantRun;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.VcpuRegisters;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.kvm.KvmBackend;
import dev.ktstr.vm.kvm.KvmMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What {@link LabBench} runs inside the lab. */
public final class LabBenchGuest {
    private static final int ROUNDS = 3;
    private static final int FREEZES = 200;
    private static final int FORKS = 7;
    private static final int MEMORY_MB = 512;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path kernel;
    private final Path initramfs;
    private final Path scratch;

    private LabBenchGuest(Path scratch) {
        KernelImage image = KernelDiscovery.standard().find(null);
        this.kernel = KernelRequirements.bootFile(image);
        this.initramfs = BootImage.cached(scratch);
        this.scratch = scratch;
    }

    /**
     * Runs.
     *
     * @param args none for the figures of machines; {@code forks}; or how many guests are to be booted with how many vCPUs, whose
     *     machine it is, {@code ours} or {@code qemu}, and words for the kernel's command line: then it tells which of them did
     *     not come up
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        LabBenchGuest bench = new LabBenchGuest(Files.createTempDirectory("bench"));
        if (List.of(args).equals(List.of("forks"))) {
            bench.forks();
        } else if (args.length > 0) {
            List<String> words = List.of(args).subList(3, args.length);
            bench.comeUp(Integer.parseInt(args[0]), Integer.parseInt(args[1]), args[2].equals("ours"), words);
        } else {
            for (int cpus : new int[] {1, 4}) {
                bench.boots(cpus);
            }
            bench.freezes();
        }
        System.out.println("LAB END");
        System.exit(0);
    }

    /** The rivals take turns, so that what slows the host down slows both. */
    private void boots(int cpus) throws IOException, InterruptedException {
        List<Double> ours = new ArrayList<>();
        List<Double> rival = new ArrayList<>();
        String commandLine = ours(cpus, List.of(), new ArrayList<>());
        microvm(cpus, commandLine);
        for (int i = 0; i < ROUNDS; i++) {
            ours(cpus, List.of(), ours);
            rival.add(microvm(cpus, commandLine));
        }
        row("boot to the agent's first byte, " + cpus + " vCPUs, ours", ours);
        row("the same, QEMU -accel kvm -M microvm -bios qboot.rom", rival);
        System.out.printf(
                Locale.ROOT,
                "LAB ROW %-60s %10.2f x (goal: at most 1, target 0.7)%n",
                "ours against QEMU's",
                median(ours) / median(rival));
    }

    private void comeUp(int count, int cpus, boolean ours, List<String> words)
            throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        String commandLine = ours ? "" : ours(cpus, words, new ArrayList<>());
        int failed = 0;
        for (int i = 0; i < count; i++) {
            try {
                if (ours) {
                    ours(cpus, words, times);
                } else {
                    times.add(microvm(cpus, commandLine));
                }
            } catch (IOException e) {
                failed++;
                System.out.println("LAB ROW guest " + i + ": " + e.getMessage().replaceAll("\\s+", " "));
            }
        }
        row("boot to the agent's first byte, " + cpus + " vCPUs, of those that came up", times);
        System.out.println("LAB ROW " + failed + " of " + count + " guests did not come up");
    }

    /** Boots ours; gives the kernel's command line. */
    private String ours(int cpus, List<String> words, List<Double> times) throws IOException {
        VmSpec spec = spec(cpus, words);
        long from = System.nanoTime();
        try (VirtualMachine vm = new KvmBackend().start(spec)) {
            awaitByte(vm);
            times.add((System.nanoTime() - from) / 1e6);
            String described = vm.description();
            return described.substring(described.indexOf("command line: ") + "command line: ".length());
        }
    }

    private VmSpec spec(int cpus, List<String> words) {
        List<String> all = new ArrayList<>(words);
        all.add(String.format(Locale.ROOT, "ktstr.shm=0x%x,0x%x", MachineLayout.SHM_BASE, MachineLayout.SHM_SIZE));
        return new VmSpec(kernel, initramfs, CpuTopology.parse("1n1l" + cpus + "c1t"), MEMORY_MB, all, scratch);
    }

    private static void awaitByte(VirtualMachine vm) throws IOException {
        if (vm.control().read(ByteBuffer.allocate(1), LIMIT) != 1) {
            throw new IOException(
                    "the agent said nothing; " + vm.exit().map(VmExit::toString).orElseGet(() -> standing(vm)) + ":\n"
                            + Files.readString(vm.console()));
        }
    }

    /** Where the vCPUs of a silent guest are, twice: what stands still, and what runs in circles. */
    private static String standing(VirtualMachine vm) {
        StringBuilder text = new StringBuilder();
        for (int turn = 0; turn < 2; turn++) {
            for (VcpuRegisters vcpu : vm.registers()) {
                Map<String, Long> values = vcpu.values();
                text.append(String.format(
                        Locale.ROOT,
                        "cpu%d rip=%x rsp=%x rflags=%x cr3=%x; ",
                        vcpu.cpu(),
                        values.get("rip"),
                        values.get("rsp"),
                        values.get("rflags"),
                        values.get("cr3")));
            }
        }
        return text + ((KvmMachine) vm).usage().toString();
    }

    /** As its documentation has it for the fastest boot: the small firmware, which loads the kernel itself. */
    private double microvm(int cpus, String commandLine) throws IOException, InterruptedException {
        Path console = scratch.resolve("rival.log");
        List<String> words = List.of(
                "/usr/bin/qemu-system-x86_64",
                "-accel",
                "kvm",
                "-M",
                "microvm,x-option-roms=off",
                "-bios",
                "qboot.rom",
                "-cpu",
                "host",
                "-smp",
                Integer.toString(cpus),
                "-m",
                Integer.toString(MEMORY_MB),
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-kernel",
                kernel.toString(),
                "-initrd",
                initramfs.toString(),
                "-append",
                commandLine + " memmap=" + (MachineLayout.SHM_SIZE >> 20) + "M$" + (MachineLayout.SHM_BASE >> 20) + "M",
                "-serial",
                "file:" + console,
                "-chardev",
                "stdio,id=com2,signal=off",
                "-device",
                "isa-serial,chardev=com2,iobase=0x2f8,irq=3,index=1");
        long from = System.nanoTime();
        Process qemu = new ProcessBuilder(words)
                .redirectError(scratch.resolve("rival.err").toFile())
                .start();
        Thread limit = new Thread(() -> endIn(qemu));
        limit.setDaemon(true);
        limit.start();
        try {
            if (qemu.getInputStream().read() < 0) {
                throw new IOException("microvm's agent said nothing: "
                        + Files.readString(scratch.resolve("rival.err"))
                        + (Files.exists(console) ? Files.readString(console) : ""));
            }
            return (System.nanoTime() - from) / 1e6;
        } finally {
            qemu.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
    }

    private static void endIn(Process qemu) {
        try {
            qemu.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        qemu.destroyForcibly();
    }

    /**
     * Cold boots of both backends on this KVM, and forks of ours. QEMU's do not live there: it gives its vCPUs a task register that is busy,
     * and the emulated SVM denies them their ports ever after, which {@code dev.ktstr.vm.kvm.qemuSvm} has ours avoid.
     */
    private void forks() throws IOException {
        row("cold boot to the agent ready, qemu", List.of(boot("qemu", "off", "cold")));
        row("cold boot to the agent ready, kvm", List.of(boot("kvm", "on", "cold")));
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < FORKS; i++) {
            times.add(boot("kvm", "on", "forked"));
        }
        row("fork to the agent ready, kvm", times);
    }

    private double boot(String backend, String template, String way) throws IOException {
        Map<String, String> options =
                Map.of("ktstr.backend", backend, "ktstr.template", template, "ktstr.template.dir", scratch.toString());
        Outcome outcome = new VariantRun("dev.ktstr.it.LabFixtures#four", Runs.options(options), Path.of(""))
                .execute(ctx -> null)
                .outcome();
        if (outcome.verdict() != Verdict.PASS || !way.equals(outcome.facts().get("boot"))) {
            throw new IOException(backend + ": " + outcome.facts() + " " + outcome.details());
        }
        return outcome.timings().get("boot");
    }

    private void freezes() throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        try (VirtualMachine vm = new KvmBackend().start(spec(8, List.of()))) {
            awaitByte(vm);
            for (int i = 0; i < FREEZES; i++) {
                long from = System.nanoTime();
                vm.freeze();
                times.add((System.nanoTime() - from) / 1e6);
                vm.resume();
                // A guest that has run for a while, not one that is still being resumed.
                vm.awaitExit(Duration.ofMillis(20));
            }
        }
        row("freezing 8 vCPUs (goal: below 2 ms)", times);
    }

    private static void row(String name, List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        System.out.printf(
                Locale.ROOT,
                "LAB ROW %-60s %10.2f ms (fastest %.2f, slowest %.2f, %d times)%n",
                name,
                median(times),
                sorted.get(0),
                sorted.get(sorted.size() - 1),
                sorted.size());
    }

    private static double median(List<Double> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }
}
