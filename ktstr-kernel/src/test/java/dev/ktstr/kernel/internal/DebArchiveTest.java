package dev.ktstr.kernel.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.SampleDebs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebArchiveTest {
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"data.tar.xz", "data.tar.zst", "data.tar.gz", "data.tar"})
    void aFileIsTakenOutHoweverTheDataIsPacked(String data) throws IOException {
        Path deb = SampleDebs.write(
                dir.resolve("a.deb"), data, Map.of("./usr/share/x", new byte[] {9}, "./boot/vmlinuz-1", CONTENT));

        assertThat(take(deb, "boot/vmlinuz-[^/]+")).containsOnlyKeys("boot/vmlinuz-1");
        assertThat(dir.resolve("taken")).hasBinaryContent(CONTENT);
    }

    @Test
    void aNameThatLeadsOutOfTheFolderWritesNothingThere() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("../../escaped", CONTENT);
        files.put("boot/../../escaped", CONTENT);
        files.put("/escaped", CONTENT);
        Path deb = SampleDebs.write(dir.resolve("in/a.deb"), "data.tar", files);

        assertThat(take(deb, "(.*/)?escaped")).hasSize(1);

        assertThat(dir.resolve("taken")).hasBinaryContent(CONTENT);
        assertThat(dir.resolve("escaped")).doesNotExist();
        assertThat(Path.of("/escaped")).doesNotExist();
    }

    @Test
    void aLinkIsNotTakenForAFile() throws IOException {
        Path deb = SampleDebs.write(dir.resolve("a.deb"), "data.tar", Map.of("boot/vmlinuz-1", new byte[0]));

        assertThat(take(deb, "boot/vmlinuz-[^/]+")).isEmpty();
    }

    @Test
    void aDamagedPackageIsNamed() throws IOException {
        Path deb = SampleDebs.write(dir.resolve("a.deb"), "data.tar.xz", Map.of("boot/vmlinuz-1", new byte[9000]));
        byte[] good = Files.readAllBytes(deb);
        byte[] flipped = good.clone();
        flipped[flipped.length / 2] ^= 0x55;
        for (byte[] bad :
                new byte[][] {Arrays.copyOf(good, good.length - 40), Arrays.copyOf(good, 100), {1, 2, 3}, flipped, {}
                }) {
            Files.write(deb, bad);
            assertThatThrownBy(() -> take(deb, "boot/vmlinuz-[^/]+"))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("a.deb");
        }
    }

    @Test
    void aPackingThatIsNotKnownIsNamed() throws IOException {
        Path deb = SampleDebs.write(dir.resolve("a.deb"), "data.tar.lzo", Map.of("x", CONTENT));

        assertThatThrownBy(() -> take(deb, "x")).hasMessageContaining("data.tar.lzo");
    }

    private Map<String, Path> take(Path deb, String pattern) {
        return DebArchive.take(deb, Map.of(Pattern.compile(pattern), dir.resolve("taken")));
    }
}
