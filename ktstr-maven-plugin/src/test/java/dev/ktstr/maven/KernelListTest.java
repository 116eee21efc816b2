package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelImage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelListTest {
    @Test
    void aKernelIsALineOfKeyVersionSchedExtDigestAndOrigin() {
        Path file = Path.of("vmlinuz");
        String digest = "0123456789abcdef".repeat(4);
        KernelImage image = new KernelImage("6.14.2-x", "6.14.2", file, file, null, null, digest, "a test", null);

        assertThat(KernelListMojo.table(List.of(new CachedKernel("my-key", image, null, Instant.EPOCH))))
                .element(1)
                .isEqualTo("my-key  6.14.2   no         0123456789ab  a test");
    }
}
