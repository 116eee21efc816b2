package dev.ktstr.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.SampleKernels.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelRequirementsTest {
    @TempDir
    Path dir;

    @Test
    void aKernelWithTheStructInItsBtfWillDoWhateverItsVersion() throws IOException {
        KernelImage kernel = kernel("5.4.1", SampleKernels.btf("sched_ext_ops"), null);

        assertThatCode(() -> KernelRequirements.requireSchedExt(kernel)).doesNotThrowAnyException();
    }

    @Test
    void aNewKernelWithoutTheStructWillNotDo() throws IOException {
        KernelImage kernel = kernel("9.9.9", SampleKernels.btf("sched_ext_ops_cid", "xsched_ext_ops"), null);

        assertThatThrownBy(() -> KernelRequirements.requireSchedExt(kernel))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("9.9.9")
                .hasMessageContaining("CONFIG_SCHED_CLASS_EXT")
                .hasMessageContaining("mvn ktstr:kernel-fetch");
    }

    @Test
    void aConfigurationWithoutTheClassDecides() throws IOException {
        KernelImage kernel =
                kernel("6.14.2", SampleKernels.btf("sched_ext_ops"), "# CONFIG_SCHED_CLASS_EXT is not set\n");

        assertThatThrownBy(() -> KernelRequirements.requireSchedExt(kernel))
                .hasMessageContaining("built without CONFIG_SCHED_CLASS_EXT");
    }

    @Test
    void aConfigurationWithTheClassDoesNotMakeUpForBtfThatLacksIt() throws IOException {
        KernelImage kernel = kernel("6.14.2", SampleKernels.btf("x"), "CONFIG_SCHED_CLASS_EXT=y\n");

        assertThatThrownBy(() -> KernelRequirements.requireSchedExt(kernel)).hasMessageContaining("pahole");
    }

    @Test
    void missingBtfIsNamedBesideAMissingClass() throws IOException {
        KernelImage kernel = kernel("6.14.2", null, "CONFIG_X=y\n");

        assertThat(KernelRequirements.missingForSchedExt(kernel))
                .hasSize(2)
                .anyMatch(m -> m.contains("CONFIG_SCHED_CLASS_EXT"))
                .anyMatch(m -> m.contains("CONFIG_DEBUG_INFO_BTF"));
    }

    @Test
    void aVmlinuxWithAPvhNoteIsBootedAndOneWithoutIsNot() throws IOException {
        for (boolean pvh : new boolean[] {true, false}) {
            byte[] bzImage = SampleKernels.bzImage(Packing.GZIP, SampleKernels.vmlinux("6.14.2", null, pvh));
            Path image = SampleKernels.write(dir.resolve("bz" + pvh), bzImage);
            KernelImage kernel = new KernelCache(dir).describe(image, null, null, "here", null);

            assertThat(KernelRequirements.bootFile(kernel)).isEqualTo(pvh ? kernel.vmlinux() : kernel.image());
        }
    }

    @Test
    void aKernelThatCannotChooseItsPlaceIsRefusedWhereThatIsAskedFor() throws IOException {
        KernelImage elf = kernel("6.14.2", null, "CONFIG_RANDOMIZE_BASE=y\n");
        assertThatThrownBy(() -> KernelRequirements.randomizedBootFile(elf))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("-Dktstr.kaslr")
                .hasMessageContaining("only its ELF image");
        for (String config : new String[] {"# CONFIG_RANDOMIZE_BASE is not set\n", "CONFIG_RANDOMIZE_BASE=y\n"}) {
            byte[] bzImage = SampleKernels.bzImage(Packing.GZIP, SampleKernels.vmlinux("6.14.2", null, true));
            Path image = SampleKernels.write(dir.resolve("bz"), bzImage);
            Path file = Files.writeString(dir.resolve("config"), config);
            KernelImage kernel = new KernelCache(dir.resolve("cache")).describe(image, null, file, "here", null);
            if (config.contains("not set")) {
                assertThatThrownBy(() -> KernelRequirements.randomizedBootFile(kernel))
                        .hasMessageContaining("built without CONFIG_RANDOMIZE_BASE");
            } else {
                assertThat(KernelRequirements.randomizedBootFile(kernel)).isEqualTo(kernel.image());
            }
        }
    }

    private KernelImage kernel(String release, byte @Nullable [] btf, @Nullable String config) throws IOException {
        Path image = SampleKernels.write(dir.resolve("vmlinux"), SampleKernels.vmlinux(release, btf, true));
        Path file = config == null ? null : Files.writeString(dir.resolve("config"), config);
        return new KernelCache(dir.resolve("cache")).describe(image, null, file, "here", null);
    }
}
