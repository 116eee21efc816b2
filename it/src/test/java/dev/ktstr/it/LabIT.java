package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.KernelDiscovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The {@code kvm} backend on a KVM that works, wherever this runs: a Linux with {@code kvm-amd} under QEMU's emulation, and
 * in it the backend's contract, the micro-guests, and variants with a real kernel. {@code mvn -pl it verify
 * -Dktstr.lab=true -Dit.test=LabIT}; the console is kept in {@code target/lab}.
 */
@EnabledIfSystemProperty(
        named = "ktstr.lab",
        matches = "true",
        disabledReason = "SKIPPED: the nested lab takes minutes; run it with -Dktstr.lab=true")
class LabIT {
    private static final long LIMIT_S = 900;

    @Test
    void theKvmBackendKeepsItsContractAndRunsVariantsOnARealKvm() throws Exception {
        Path work = Files.createDirectories(Path.of("target/lab").toAbsolutePath());
        Path cache = Path.of(System.getProperty("user.home"), ".cache/ktstr/lab");
        Path tree = Lab.kernelTree(cache);
        Path kernelEntry = KernelDiscovery.standard().find(null).image().getParent();
        Path scheduler = Path.of(System.getProperty("ktstr.scheduler.path", "scx-ktstr/target"))
                .resolve("scx-ktstr");
        List<String> classes = List.of(System.getProperty(
                        "ktstr.lab.classes",
                        "dev.ktstr.vm.kvm.KvmProbeTest,dev.ktstr.vm.kvm.KvmContractTest,dev.ktstr.vm.kvm.KvmMachineTest,"
                                + "dev.ktstr.it.LabScenarios")
                .split(",", -1));
        List<String> command = new java.util.ArrayList<>(List.of(LabMain.class.getName()));
        command.addAll(classes);
        Path image = new Lab(work)
                .build(
                        tree,
                        kernelEntry,
                        scheduler.toAbsolutePath(),
                        Path.of("../ktstr-vm").toAbsolutePath(),
                        command);
        Path console = work.resolve("console.log");
        Lab.run(Lab.kernel(tree), image, console, LIMIT_S);
        Files.delete(image);
        judge(console);
    }

    private static void judge(Path console) throws IOException {
        List<String> lines = Files.readString(console, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.startsWith("LAB "))
                .toList();
        lines.forEach(System.out::println);
        assertThat(lines).as("%s", console).anyMatch(line -> line.startsWith("LAB END "));
        assertThat(lines).as("%s", console).noneMatch(line -> line.matches("LAB (FAIL|ERROR) .*"));
        assertThat(lines).filteredOn(line -> line.startsWith("LAB PASS ")).hasSizeGreaterThan(20);
    }
}
