package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootImageTest {
    private record Entry(String name, int mode, int major, int minor, int length, int at) {}

    /** Reads "newc" by the kernel's rules: 13 fields of 8 hex digits, name and content padded to 4 bytes. */
    private static List<Entry> read(byte[] cpio) {
        List<Entry> entries = new ArrayList<>();
        int at = 0;
        while (true) {
            assertThat(new String(cpio, at, 6, StandardCharsets.US_ASCII)).isEqualTo("070701");
            int[] field = new int[13];
            for (int i = 0; i < 13; i++) {
                field[i] = Integer.parseUnsignedInt(new String(cpio, at + 6 + 8 * i, 8, StandardCharsets.US_ASCII), 16);
            }
            assertThat(field[5]).as("mtime").isZero();
            String name = new String(cpio, at + 110, field[11] - 1, StandardCharsets.UTF_8);
            int content = (at + 110 + field[11] + 3) & ~3;
            if (name.equals("TRAILER!!!")) {
                return entries;
            }
            entries.add(new Entry(name, field[1], field[9], field[10], field[6], content));
            at = (content + field[6] + 3) & ~3;
        }
    }

    @Test
    void theImageHoldsTheAgentAsInitAndTheConsoleNodeAlone() {
        byte[] image = BootImage.bytes();
        List<Entry> entries = read(image);
        assertThat(entries).extracting(Entry::name).containsExactly("dev", "dev/console", "init");
        assertThat(entries).extracting(Entry::mode).containsExactly(040755, 020600, 0100755);
        assertThat(entries.get(1)).extracting(Entry::major, Entry::minor).containsExactly(5, 1);
        Entry init = entries.get(2);
        assertThat(new String(image, init.at(), 4, StandardCharsets.ISO_8859_1)).isEqualTo("\177ELF");
        assertThat(init.length()).as("the agent stays small").isLessThan(1 << 20);
    }

    @Test
    void theImageIsTheSameEveryTime() {
        assertThat(BootImage.bytes()).isEqualTo(BootImage.bytes());
    }

    @Test
    void theCachedImageIsWrittenOnceAndNothingElseIsLeft(@TempDir Path cache) throws IOException {
        Path dir = cache.resolve("a/b");
        Path image = BootImage.cached(dir);
        assertThat(image).hasBinaryContent(BootImage.bytes());
        Object key = Files.readAttributes(image, java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey();
        assertThat(BootImage.cached(dir)).isEqualTo(image);
        assertThat(Files.readAttributes(image, java.nio.file.attribute.BasicFileAttributes.class)
                        .fileKey())
                .isEqualTo(key);
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files).containsExactly(image);
        }
    }
}
