package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.kvm.KvmBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code kvm} backend on a KVM that works, wherever this runs: a Linux with {@code kvm-amd} under QEMU's emulation, and
 * in it the backend's contract, the micro-guests, variants with real kernels (the newest of the cache, and 6.12 where it is
 * there), presets, samples, and the proofs of what is read from memory. The console is kept in {@code target/lab}.
 *
 * <p>{@code -Dktstr.lab.classes=…} runs only these classes, {@code Class#method} tests or folders of samples; {@code -Dktstr.lab=false}
 * none.
 *
 * <p>{@link Lab} has what QEMU's emulation of SVM lets down, and what is done against it; {@link LabMain} does what failed once more and
 * tells both. Should the whole lab stand still all the same, so that even a thread that only prints is silent, or end without a
 * word, the test is skipped, loudly, if nothing failed before; what the CPUs were doing is in {@code target/lab/qemu.log}.
 */
class LabIT {
    /** Ten minutes are the goal on two CPUs that have nothing else to do; a host with other work may take longer. */
    private static final long LIMIT_S = 1500;
    /** The lab's machine, the archive it boots from, and the JVM that makes it. */
    private static final long NEEDED_MIB = 9 * 1024;

    private static final String OLDER = "6.12";

    private static final String TOOLS = "/lab/tools/";

    /** Where the samples' classes lie in the lab. */
    private static final String SAMPLES = "/lab/samples/";

    private static final List<String> TESTS = List.of(
            "dev.ktstr.vm.kvm.KvmProbeTest",
            "dev.ktstr.vm.kvm.KvmContractTest",
            "dev.ktstr.vm.kvm.KvmMachineTest",
            LabScenarios.class.getName(),
            LabForks.class.getName(),
            LabPresets.class.getName(),
            LabProofs.class.getName());

    private static final List<String> TESTS_WITH_OLDER =
            List.of(NumaMemoryIT.class.getName(), LabOlderProofs.class.getName());

    @TempDir
    Path temp;

    @Test
    void theKvmBackendKeepsItsContractAndRunsVariantsOnARealKvm() throws Exception {
        given(Boolean.parseBoolean(System.getProperty("ktstr.lab", "true")), "-Dktstr.lab=false leaves it out");
        long available = availableMib();
        given(
                available >= NEEDED_MIB,
                "it takes " + NEEDED_MIB + " MiB of memory, and " + available + " are available");
        given(Files.isExecutable(Path.of("/usr/bin/apt-cache")), "its kernel is a Debian package");
        Lab lab = new Lab(Files.createDirectories(Path.of("target/lab").toAbsolutePath()));
        Path vm = Path.of("../ktstr-vm/target").toAbsolutePath();
        List<LabSamples.Sample> samples = samples();
        LabImage image = lab.image()
                .kernels(kernels())
                .program(scheduler(), "lab/scx/scx-ktstr")
                .classes(vm.resolve("test-classes"), "lab/vm-tests")
                .tree(vm.resolve("micro.elf"), "lab/vm/target/micro.elf")
                .property("basedir", "/lab/vm")
                .property("ktstr.backend", KvmBackend.NAME)
                .property("ktstr.scheduler.path", "/lab/scx")
                .property("ktstr.boot.timeout", "240")
                .property("ktstr.maxOvercommit", "16")
                .property("ktstr.attach.timeout", "120");
        // What this host has found out about the kernels; a JVM takes two minutes for it on an emulated CPU.
        for (String known : List.of("btf", "symbols")) {
            Path folder = KernelCache.root(System.getenv()).resolve(known);
            if (Files.isDirectory(folder)) {
                image.tree(folder, "lab/home/.cache/ktstr/" + known);
            }
        }
        for (String tool : List.of("bpf_objects", "busy")) {
            image.program(Tools.compiled(tool), TOOLS.substring(1) + tool);
        }
        image.program(Tools.bpftool(), TOOLS.substring(1) + "bpftool").property("it.tools", TOOLS);
        for (LabSamples.Sample sample : samples) {
            image.tree(sample.classes(), SAMPLES.substring(1) + sample.name());
            for (Map.Entry<String, Path> file : sample.files().entrySet()) {
                image.tree(file.getValue(), LabImage.WORK + "/" + file.getKey());
            }
            for (Path program : sample.programs()) {
                image.program(program, program.toString().substring(1));
            }
        }
        long from = System.nanoTime();
        Path console = lab.run(image.write(LabMain.class.getName(), tests(SAMPLES, samples)), LIMIT_S);
        long passed = judge(console, lab.end());
        given(
                lab.end() != Lab.End.STOOD_STILL,
                "the emulated machine stood still, all of it, after " + passed
                        + " tests that passed; what its CPUs were doing is in " + console.resolveSibling("qemu.log"));
        given(
                lab.end() != Lab.End.GONE,
                "the emulated machine, all of it, reset itself after " + passed + " tests that passed; see " + console);
        System.out.println("PASS [nested lab] " + passed + " tests on the kvm backend in "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from) + " s");
    }

    @Test
    void theScenariosRunOnThisMachinesOwnKvmWhereItIsUsable() throws IOException, InterruptedException {
        Backend.Availability kvm = new KvmBackend().availability();
        assumeTrue(kvm.usable(), "SKIPPED: " + kvm.detail());
        List<LabSamples.Sample> samples =
                samples().stream().filter(LabSamples.Sample::runsAnywhere).toList();
        List<String> tests = new ArrayList<>(tests(temp + "/", samples));
        tests.removeIf(test -> test.startsWith("dev.ktstr.vm."));
        System.setProperty("ktstr.backend", KvmBackend.NAME);
        try {
            assertThat(LabMain.failures(tests.toArray(String[]::new))).isEmpty();
        } finally {
            System.clearProperty("ktstr.backend");
        }
    }

    /** Skips in words that {@code ./check} shows among its results. */
    private static void given(boolean condition, String otherwise) {
        if (!condition) {
            System.out.println("SKIP [nested lab] the kvm backend with real kernels: " + otherwise);
        }
        assumeTrue(condition, "SKIPPED: " + otherwise);
    }

    private List<LabSamples.Sample> samples() throws IOException, InterruptedException {
        return LabSamples.compile(Path.of(System.getProperty("it.samples", "samples")), temp);
    }

    /** What runs: classes, and the samples where they lie there. */
    private static List<String> tests(String folder, List<LabSamples.Sample> samples) {
        String chosen = System.getProperty("ktstr.lab.classes");
        if (chosen != null) {
            return List.of(chosen.split(",", -1));
        }
        List<String> all = new ArrayList<>(TESTS);
        if (KernelCache.standard().find(OLDER).isPresent()) {
            all.addAll(TESTS_WITH_OLDER);
        }
        samples.forEach(sample -> all.add(folder + sample.name()));
        return all;
    }

    /** Cache entries: the kernel in force, and the older one where it is there ({@link KernelBuildIT} builds it before). */
    private static List<Path> kernels() {
        Set<Path> kernels = new LinkedHashSet<>();
        kernels.add(KernelDiscovery.standard().find(null).image().getParent());
        KernelCache.standard()
                .find(OLDER)
                .ifPresentOrElse(
                        older -> kernels.add(older.image().image().getParent()),
                        () -> System.out.println("SKIP [nested lab] Linux " + OLDER + ": it is not in the cache"));
        return List.copyOf(kernels);
    }

    private static Path scheduler() {
        return Path.of(System.getProperty("ktstr.scheduler.path", "scx-ktstr/target"))
                .resolve("scx-ktstr")
                .toAbsolutePath();
    }

    private static long availableMib() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElse(0);
        }
    }

    /** The number of tests that passed, if none failed. */
    private static long judge(Path console, Lab.End end) throws IOException {
        List<String> lines = Files.readString(console, StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("LAB "))
                .toList();
        lines.stream().filter(line -> !line.equals("LAB ALIVE")).forEach(System.out::println);
        long passed =
                lines.stream().filter(line -> line.startsWith("LAB PASS ")).count();
        assertThat(lines).as("%s", console).noneMatch(line -> line.matches("LAB (FAIL|ERROR) .*"));
        if (end == Lab.End.STOOD_STILL || end == Lab.End.GONE) {
            return passed;
        }
        assertThat(lines).as("%s", console).anyMatch(line -> line.startsWith("LAB END "));
        assertThat(lines).as("KVM is usable in the lab").noneMatch(line -> line.matches("LAB SKIP .*this KVM.*"));
        if (System.getProperty("ktstr.lab.classes") == null) {
            assertThat(passed).isGreaterThan(60);
        }
        return passed;
    }
}
