package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.inspect.KernelView;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.verify.VerifierLog;
import dev.ktstr.verify.VerifierStats;
import dev.ktstr.vm.bpf.BpfProgram;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.symbols.Kallsyms;
import dev.ktstr.vm.symbols.SymbolTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is read from a guest's memory is true: each kind of reading against what the guest itself says, by a way of its own. One guest,
 * under the fixture scheduler; which kernel, the subclasses say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Proofs implements RunqueueProofs, MapProofs {
    private static final int MAX_KALLSYMS = 64 << 20;

    @TempDir
    static Path temp;

    private ProofGuest proof;

    /** Which kernel; empty for that of this process. */
    abstract Optional<String> kernel();

    @BeforeAll
    void boot() throws IOException {
        proof = ProofGuest.boot(kernel(), temp);
    }

    @AfterAll
    void end() {
        if (proof != null) {
            proof.close();
        }
    }

    @Override
    public ProofGuest proof() {
        return proof;
    }

    @Test
    void aKernelThatChoosesItsPlaceIsFoundThereOrSaysThatItCannot() throws IOException {
        Map<String, String> options = Map.of("ktstr.kaslr", "true", "ktstr.template", "off");
        Path folder = Files.createDirectories(temp.resolve("kaslr"));
        KernelImage image = proof.observed().variant().kernel();
        if (!Files.readString(Objects.requireNonNull(image.config())).contains("\nCONFIG_RANDOMIZE_BASE=y\n")) {
            assertThatThrownBy(() -> ObservedGuest.boot(kernel(), "Fixtures#confined", options, folder))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("-Dktstr.kaslr")
                    .hasMessageContaining("built without CONFIG_RANDOMIZE_BASE");
            return;
        }
        try (ObservedGuest other = ObservedGuest.boot(kernel(), "Fixtures#confined", options, folder)) {
            assertThat(other.guest().readText("/proc/cmdline")).doesNotContain("kaslr");
            KernelMemory moved = other.guest().kernel().structs().memory();
            KernelMemory here = proof.kernel().structs().memory();
            assertThat(moved.symbol("_text")).isNotEqualTo(here.symbol("_text"));
            assertThat(moved.directMap()).isNotEqualTo(here.directMap());
            SymbolTable there = Kallsyms.parse(other.guest().session().readFile("/proc/kallsyms", MAX_KALLSYMS));
            for (String name : List.of("_text", "schedule", "runqueues", "init_task", "map_idr")) {
                assertThat(moved.symbol(name)).as(name).isEqualTo(there.address(name));
            }
            other.startScheduler();
            KernelView view = other.guest().kernel();
            assertThat(view.monitor().sample().cpus())
                    .hasSize(4)
                    .allMatch(cpu -> cpu.scx().isPresent());
            assertThat(view.globals().read("slice_ns").asLong()).isEqualTo(10_000_000);
            Bpftool.agrees(
                    other.guest(),
                    "scx-ktstr",
                    view.bpf().programs().stream()
                            .filter(p -> p.name().startsWith("ktstr_"))
                            .toList());
        }
    }

    @Test
    void programsAreThoseOfBpftoolAndOfTheVerifiersLog() throws IOException {
        List<BpfProgram> own = proof.kernel().bpf().programs().stream()
                .filter(p -> p.name().startsWith("ktstr_"))
                .toList();
        assertThat(own).hasSize(5);
        Bpftool.agrees(proof.guest(), "scx-ktstr", own);
        Map<String, Long> logged = VerifierLog.in(proof.guest().session().schedulerLog()).stream()
                .collect(Collectors.toMap(
                        VerifierLog::program,
                        log -> log.stats().map(VerifierStats::processed).orElseThrow()));
        assertThat(own.stream()
                        .collect(Collectors.toMap(
                                BpfProgram::name, p -> p.verifiedInsns().orElseThrow())))
                .isEqualTo(logged);
    }
}
