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
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code kvm} backend on a KVM that works, wherever this runs: a Linux with {@code kvm-amd} under QEMU's emulation, and
 * in it the backend's contract, the micro-guests, variants with real kernels (the newest of the cache, and 6.12 where it is
 * there), presets, and samples. The console is kept in {@code target/lab}.
 *
 * <p>{@code -Dktstr.lab=false} leaves the lab out; {@code -Dktstr.lab.classes=…} runs only these classes, {@code
 * Class#method}s or samples ({@code /lab/samples/NAME}) in it.
 */
class LabIT {
    /** Three times what it takes on two CPUs that have nothing else to do. */
    private static final long LIMIT_S = 1500;
    /** The lab's machine, the archive it boots from, and the JVM that makes it. */
    private static final long NEEDED_MIB = 9 * 1024;

    private static final String OLDER = "6.12";

    /** Where the samples' classes lie in the lab. */
    private static final String SAMPLES = "/lab/samples/";

    private static final List<String> TESTS = List.of(
            "dev.ktstr.vm.kvm.KvmProbeTest",
            "dev.ktstr.vm.kvm.KvmContractTest",
            "dev.ktstr.vm.kvm.KvmMachineTest",
            LabScenarios.class.getName(),
            LabPresets.class.getName());

    @TempDir
    Path temp;

    @Test
    void theKvmBackendKeepsItsContractAndRunsVariantsOnARealKvm() throws Exception {
        assumeTrue(!"false".equals(System.getProperty("ktstr.lab")), "SKIPPED: -Dktstr.lab=false");
        long available = availableMib();
        assumeTrue(
                available >= NEEDED_MIB,
                "SKIPPED: the nested lab takes " + NEEDED_MIB + " MiB of memory, and " + available + " are available");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-cache")), "SKIPPED: the lab's kernel is a Debian package");
        Lab lab = new Lab(Files.createDirectories(Path.of("target/lab").toAbsolutePath()));
        Path vm = Path.of("../ktstr-vm/target").toAbsolutePath();
        List<Path> samples = samples();
        LabImage image = lab.image()
                .kernels(kernels())
                .program(scheduler(), "lab/scx/scx-ktstr")
                .classes(vm.resolve("test-classes"), "lab/vm-tests")
                .tree(vm.resolve("micro.elf"), "lab/vm/target/micro.elf");
        for (Path sample : samples) {
            image.tree(sample, SAMPLES.substring(1) + sample.getFileName());
        }
        Path console = lab.run(image.write(LabMain.class.getName(), tests(SAMPLES, samples)), LIMIT_S);
        judge(console);
    }

    @Test
    void theScenariosRunOnThisMachinesOwnKvmWhereItIsUsable() throws IOException {
        Backend.Availability kvm = new KvmBackend().availability();
        assumeTrue(kvm.usable(), "SKIPPED: " + kvm.detail());
        List<String> tests = new ArrayList<>(tests(temp + "/", samples()));
        tests.removeIf(test -> test.startsWith("dev.ktstr.vm."));
        System.setProperty("ktstr.backend", KvmBackend.NAME);
        try {
            assertThat(LabMain.failures(tests.toArray(String[]::new))).isEmpty();
        } finally {
            System.clearProperty("ktstr.backend");
        }
    }

    private List<Path> samples() throws IOException {
        return LabSamples.compile(Path.of(System.getProperty("it.samples", "samples")), temp);
    }

    /** What runs: classes, and the samples where they lie there. */
    private static List<String> tests(String folder, List<Path> samples) {
        String chosen = System.getProperty("ktstr.lab.classes");
        if (chosen != null) {
            return List.of(chosen.split(",", -1));
        }
        List<String> all = new ArrayList<>(TESTS);
        samples.forEach(sample -> all.add(folder + sample.getFileName()));
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
                        () -> System.out.println("SKIPPED in the lab: Linux " + OLDER + ", which is not in the cache"));
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

    private static void judge(Path console) throws IOException {
        List<String> lines = Files.readString(console, StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("LAB "))
                .toList();
        lines.forEach(System.out::println);
        assertThat(lines).as("%s", console).anyMatch(line -> line.startsWith("LAB END "));
        assertThat(lines).as("%s", console).noneMatch(line -> line.matches("LAB (FAIL|ERROR) .*"));
        assertThat(lines).as("KVM is usable in the lab").noneMatch(line -> line.matches("LAB SKIP .*this KVM.*"));
        if (System.getProperty("ktstr.lab.classes") == null) {
            assertThat(lines).filteredOn(line -> line.startsWith("LAB PASS ")).hasSizeGreaterThan(60);
        }
    }
}
