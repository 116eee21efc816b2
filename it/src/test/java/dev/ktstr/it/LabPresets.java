package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.BootImage;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.Boot;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Shape;
import dev.ktstr.run.TestEntry;
import dev.ktstr.run.Variant;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.GauntletPreset;
import dev.ktstr.vm.Backends;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gauntlet's presets in a guest on the {@code kvm} backend, as far as they can boot where everything is emulated. What
 * CPUID and ACPI tell of all the others is decoded by the distribution's {@code cpuid} and {@code iasl}, in the unit tests
 * of ktstr-vm.
 */
class LabPresets {
    /** What boots in half a minute on the two CPUs of the lab. */
    private static final int MOST_CPUS = Integer.getInteger("ktstr.lab.cpus", 16);

    @TempDir
    Path temp;

    static Stream<GauntletPreset> presets() {
        return GauntletPreset.all().stream()
                .filter(p -> p.topology().cpus() <= MOST_CPUS)
                .sorted(Comparator.comparing(p -> p.topology().cpus()));
    }

    @ParameterizedTest
    @MethodSource("presets")
    void aPresetShowsInTheGuestAsItWasAskedFor(GauntletPreset preset) {
        Options options = Options.ofProcess();
        KernelImage kernel =
                KernelDiscovery.standard().find(options.get("kernel").orElse(null));
        TestEntry test = Registry.load(LabPresets.class.getClassLoader()).test("dev.ktstr.it.LabFixtures#anywhere");
        Variant variant = new Variant(Shape.named(test, preset.name(), ""), kernel, "");
        // The boot itself compares every CPU's node, cache, core and thread with the request, and fails otherwise.
        try (BootedGuest guest =
                new Boot(Backends.select("kvm"), options).boot(variant, BootImage.cached(temp), temp, started -> {})) {
            CpuTopology asked = preset.topology();
            assertThat(guest.topology().cpuCount()).isEqualTo(asked.cpus());
            assertThat(guest.topology().nodes()).hasSize(asked.numaNodes());
            assertThat(guest.topology().llcs())
                    .hasSize(asked.llcs())
                    .allSatisfy(llc -> assertThat(llc.cpus()).hasSize(asked.cpusPerLlc()));
        }
    }
}
