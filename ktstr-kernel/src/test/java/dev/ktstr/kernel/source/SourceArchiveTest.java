package dev.ktstr.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceArchiveTest {
    @TempDir
    Path dir;

    private Path target;

    @BeforeEach
    void makeTarget() throws IOException {
        target = Files.createDirectories(dir.resolve("a/target"));
    }

    @Test
    void aTreeIsUnpackedWithoutItsTopFolderWithItsLinksAndExecutables() throws IOException {
        unpack(new Tarballs()
                .folder("linux-1")
                .file("linux-1/Makefile", "all:")
                .link("linux-1/scripts/include", "../arch/include")
                .file("linux-1/arch/include/x.h", "x")
                .file("linux-1/scripts/run.sh", "#!/bin/sh", 0755)
                .link("linux-1/dangling", "nowhere")
                .xz());

        assertThat(target.resolve("Makefile")).hasContent("all:");
        assertThat(target.resolve("scripts/include/x.h")).hasContent("x");
        assertThat(target.resolve("scripts/run.sh")).isExecutable();
        assertThat(Files.isExecutable(target.resolve("Makefile"))).isFalse();
        assertThat(Files.isSymbolicLink(target.resolve("dangling"))).isTrue();
    }

    @Test
    void whatWouldBeWrittenOutsideIsRefusedAndNotWritten() throws IOException {
        for (Tarballs bad : List.of(
                new Tarballs().file("linux-1/../../out", "x"),
                new Tarballs().file("../out", "x"),
                new Tarballs().file("linux-1/a/../b", "x"),
                new Tarballs().file("/out", "x"),
                new Tarballs().link("linux-1/l", "../../out"),
                new Tarballs().link("linux-1/l", "/etc"),
                new Tarballs().link("linux-1/l", ""),
                new Tarballs().link("linux-1/l", "d").file("linux-1/l/f", "x"),
                new Tarballs().link("linux-1/l", "f").file("linux-1/l", "x"),
                new Tarballs().entry("linux-1/h", TarConstants.LF_LINK, "linux-1/f"),
                new Tarballs().entry("linux-1/d", TarConstants.LF_CHR, ""),
                new Tarballs().entry("linux-1/p", TarConstants.LF_FIFO, ""),
                new Tarballs().file("outside-any-folder", "x"))) {
            makeTarget();
            assertThatThrownBy(() -> unpack(bad.xz()))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("refused " + dir.resolve("linux.tar.xz"));
            assertThat(dir.resolve("a/out")).doesNotExist();
            assertThat(dir.resolve("out")).doesNotExist();
            SourceArchive.fresh(target);
        }
    }

    @Test
    void aDamagedArchiveIsNamed() throws IOException {
        byte[] whole =
                new Tarballs().file("linux-1/Makefile", "x".repeat(100_000)).xz();
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 0x10;

        for (byte[] damaged : List.of(Arrays.copyOf(whole, whole.length - 20), flipped, new byte[0], new byte[600])) {
            assertThatThrownBy(() -> unpack(damaged))
                    .isInstanceOf(KernelException.class)
                    .hasMessageStartingWith("cannot unpack " + dir.resolve("linux.tar.xz"));
        }
    }

    private void unpack(byte[] archive) throws IOException {
        SourceArchive.unpack(Files.write(dir.resolve("linux.tar.xz"), archive), target, n -> {});
    }
}
