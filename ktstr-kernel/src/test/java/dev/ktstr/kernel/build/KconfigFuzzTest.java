package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.build.Kconfig.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Trees and option files come from anybody: whatever the bytes, there is an answer, or an exception with a message. */
class KconfigFuzzTest {
    private static final Map<String, String> CONFIG = Map.of("A", "y", "B", "m", "N", "12", "S", "\"text\"");

    @FuzzTest(maxDuration = "30s")
    void expressionsAreJudgedOrNot(byte[] data) {
        KconfigExpression.failing(new String(data, StandardCharsets.ISO_8859_1), CONFIG)
                .forEach(reason -> assertThat(reason).isNotBlank());
    }

    @FuzzTest(maxDuration = "30s")
    void fragmentsAreReadOrRefused(byte[] data) {
        try {
            Kconfig.parse(new String(data, StandardCharsets.ISO_8859_1), Origin.USER, "fuzz")
                    .forEach(option -> assertThat(option.line()).contains("CONFIG_" + option.name()));
        } catch (KernelException refused) {
            assertThat(refused).hasMessageContaining("fuzz:");
        }
    }

    @FuzzTest(maxDuration = "30s")
    void kconfigFilesAreRead(byte[] data) throws IOException {
        Path dir = Files.createTempDirectory("kconfig-fuzz");
        try {
            Files.write(dir.resolve("Kconfig"), data);
            KconfigTree tree = KconfigTree.read(dir, Architecture.X86_64);
            assertThat(tree.definitions("A").isEmpty()).isEqualTo(!tree.knows("A"));
        } finally {
            Files.delete(dir.resolve("Kconfig"));
            Files.delete(dir);
        }
    }
}
