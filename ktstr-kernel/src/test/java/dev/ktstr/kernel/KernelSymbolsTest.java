package dev.ktstr.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSymbolsTest {
    private static final String KALLSYMS = """
            0000000000000000 A __per_cpu_start
            ffffffff81000000 T _text
            ffffffff81000010 t a.isra.0
            ffffffffc0001000 t of_a_module\t[kvm]
            ffffffff81000020 T schedule
            """;

    @TempDir
    Path dir;

    @Test
    void whatARunningKernelToldCompletesEveryEntryOfItsImage() throws IOException {
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        Path file = SampleKernels.write(dir.resolve("v"), SampleKernels.vmlinux("6.14.2", null, true));
        KernelImage before = cache.store("one", file, null, "o", null).image();
        assertThat(before.btf()).isNull();
        assertThat(KernelInfo.of(before, cache.kallsyms(before)).symbolSource()).isEqualTo("none");
        byte[] btf = SampleKernels.btf("sched_ext_ops");

        KernelImage completed = cache.complete(before, btf, KALLSYMS);

        assertThat(completed.btf()).hasBinaryContent(btf);
        assertThat(cache.find("one").orElseThrow().image()).isEqualTo(completed);
        assertThat(cache.kallsyms(completed).orElseThrow()).hasContent("""
                0000000000000000 A __per_cpu_start
                ffffffff81000000 T _text
                ffffffff81000010 t a.isra.0
                ffffffff81000020 T schedule
                """);
        KernelInfo info = KernelInfo.of(completed, cache.kallsyms(completed));
        assertThat(info.symbols()).isEqualTo(4);
        assertThat(info.symbolSource()).isEqualTo("kallsyms");
        assertThat(cache.verifiedListing().corrupt()).isEmpty();
    }

    @Test
    void whatIsNotWhatAKernelSaysIsRefusedAndNothingKept() throws IOException {
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        Path file = SampleKernels.write(dir.resolve("v"), SampleKernels.vmlinux());
        KernelImage kernel = cache.store("one", file, null, "o", null).image();
        for (Map.Entry<String, String> bad : Map.of(
                        "",
                        "has no addresses",
                        "0000000000000000 T _text\n",
                        "kptr_restrict",
                        "ffffffff81000000 T main\n",
                        "neither _text nor _stext",
                        KALLSYMS + "root:x:0:0\n",
                        "line 6 is not ADDRESS TYPE NAME",
                        KALLSYMS + "ffffffff81000020 T a b\n",
                        "line 6",
                        KALLSYMS + "ffffffff81000020 T " + "x".repeat(2000),
                        "has 2019 characters")
                .entrySet()) {
            assertThatThrownBy(() -> cache.complete(kernel, new byte[0], bad.getKey()))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining(bad.getValue());
        }
        assertThatThrownBy(() -> cache.complete(kernel, new byte[100], KALLSYMS))
                .hasMessageContaining("BTF");
        assertThat(cache.kallsyms(kernel)).isEmpty();
    }

    @Test
    void whatAKernelCanIsReadOffItsConfigurationAndItsFiles() throws IOException {
        KernelCache cache = new KernelCache(dir.resolve("cache"));
        Path file = SampleKernels.write(dir.resolve("v"), SampleKernels.vmlinux());
        Path config = SampleKernels.write(
                dir.resolve("c"),
                "CONFIG_SCHED_CLASS_EXT=y\nCONFIG_NUMA=y\nCONFIG_HZ=250\n# CONFIG_CFS_BANDWIDTH is not set\n"
                        .getBytes(StandardCharsets.US_ASCII));

        KernelInfo known =
                KernelInfo.of(cache.store("k", file, config, "o", null).image(), Optional.empty());
        KernelInfo unknown =
                KernelInfo.of(cache.store("u", file, null, "o", null).image(), Optional.empty());

        assertThat(known.config()).containsEntry("HZ", "250").containsEntry("CFS_BANDWIDTH", "n");
        assertThat(ability(known, "runs sched_ext schedulers").answer()).isEqualTo(KernelInfo.Answer.YES);
        assertThat(ability(known, "NUMA topologies"))
                .isEqualTo(new KernelInfo.Ability("NUMA topologies", KernelInfo.Answer.NO, "CONFIG_ACPI_NUMA=n"));
        assertThat(ability(known, "cpu.max").why()).isEqualTo("CONFIG_CFS_BANDWIDTH=n");
        assertThat(ability(unknown, "cpu.max").answer()).isEqualTo(KernelInfo.Answer.UNKNOWN);
        assertThat(unknown.config()).isEmpty();
        assertThat(known.btfBytes()).isPositive();
    }

    private static KernelInfo.Ability ability(KernelInfo info, String what) {
        List<KernelInfo.Ability> found =
                info.abilities().stream().filter(a -> a.what().equals(what)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    /** Whatever the bytes, they are taken as symbols or refused with a message. */
    @FuzzTest(maxDuration = "30s")
    void kallsymsAreTakenOrRefused(byte[] data) {
        try {
            String taken = KernelSymbols.normalised(new String(data, StandardCharsets.ISO_8859_1));
            if (!taken.lines().allMatch(line -> line.matches("[0-9a-f]{16} [A-Za-z?] [!-~]+"))) {
                throw new AssertionError("something else than symbols was kept: " + taken);
            }
        } catch (KernelException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("an exception without a message", refused);
            }
        }
    }
}
