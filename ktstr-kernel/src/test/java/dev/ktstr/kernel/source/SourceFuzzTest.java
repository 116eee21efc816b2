package dev.ktstr.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Mirrors are hostile: whatever the bytes, there is an answer, or an exception with a message, and nothing outside. */
class SourceFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void listsOfReleasesAreReadOrRefused(byte[] data) {
        try {
            assertThat(KernelOrg.parse(data, "fuzz")).doesNotContainNull();
        } catch (KernelException refused) {
            assertThat(refused).hasMessageContaining("fuzz");
        }
    }

    @FuzzTest(maxDuration = "30s")
    void archivesStayInTheirFolder(byte[] data) throws IOException {
        Path dir = Files.createTempDirectory("archive-fuzz");
        try {
            Path archive = Files.write(dir.resolve("a.tar"), data);
            Path target = Files.createDirectory(dir.resolve("target"));
            try {
                SourceArchive.unpack(archive, target, n -> {});
            } catch (KernelException refused) {
                assertThat(refused).hasMessageContaining(archive.toString());
            }
            assertThat(Folders.list(dir)).isEqualTo(List.of(archive, target));
        } finally {
            Folders.remove(dir);
        }
    }
}
