package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelCleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCleanTest {
    @TempDir
    Path dir;

    private final List<String> asked = new ArrayList<>();
    private final KernelCleanMojo goal = new KernelCleanMojo();
    private KernelCleaner cleaner;

    @BeforeEach
    void makeCacheWithADamagedEntry() throws Exception {
        goal.setLog(new SystemStreamLog());
        Path entry = Files.createDirectories(dir.resolve("kernels/broken"));
        Files.writeString(entry.resolve("metadata.json"), "{", StandardCharsets.UTF_8);
        Path newer = Files.createDirectories(dir.resolve("kernels/newer"));
        Files.writeString(newer.resolve("metadata.json"), "{\"schema\": 99}", StandardCharsets.UTF_8);
        cleaner = new KernelCleaner(new KernelCache(dir));
    }

    @Test
    void nothingGoesWithoutAYes() throws Exception {
        goal.run(cleaner, "", false, question -> false);

        assertThat(dir.resolve("kernels/broken")).exists();
    }

    @Test
    void whereNobodyCanBeAskedNothingGoesAndWithNothingToRemoveThatIsNoError() throws Exception {
        assertThatThrownBy(() -> goal.run(cleaner, "", false, null))
                .isInstanceOf(MojoExecutionException.class)
                .hasMessageContaining("no terminal to ask on")
                .hasMessageContaining("-Dktstr.force");
        assertThat(dir.resolve("kernels/broken")).exists();

        goal.run(new KernelCleaner(new KernelCache(dir.resolve("empty"))), "", false, null);
    }

    @Test
    void aYesRemovesWhatWasNamedAndLeavesWhatANewerReleaseWrote() throws Exception {
        goal.run(cleaner, "", true, asked::add);

        assertThat(asked).containsExactly("Remove this kernel (0.0 MB)? [y/N] ");
        assertThat(dir.resolve("kernels/broken")).doesNotExist();
        assertThat(dir.resolve("kernels/newer")).exists();
        goal.run(cleaner, "", true, asked::add);
        assertThat(asked).as("nothing left to ask about").hasSize(1);
    }

    @Test
    void aNumberThatIsNoneAndOptionsThatExcludeEachOtherAreRefused() {
        assertThatThrownBy(() -> goal.run(cleaner, "-1", false, asked::add))
                .isInstanceOf(MojoExecutionException.class)
                .hasMessageContaining("-Dktstr.keep is '-1'");
        assertThatThrownBy(() -> goal.run(cleaner, "3", true, asked::add)).hasMessageContaining("exclude each other");
        assertThat(dir.resolve("kernels/broken")).exists();
    }
}
