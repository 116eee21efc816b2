package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Golden files, read from the source tree. {@code mvn test -Dktstr.golden.update=true} rewrites them from what the
 * processor does now; review the difference before committing it.
 */
final class Golden {
    private static final boolean UPDATE = Boolean.getBoolean("ktstr.golden.update");

    private Golden() {}

    static Path resources() {
        return Path.of("src", "test", "resources");
    }

    static void assertMatches(Path golden, String actual) {
        if (UPDATE) {
            try {
                Files.createDirectories(golden.toAbsolutePath().getParent());
                Files.writeString(golden, actual);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertThat(golden).exists();
        assertThat(actual).as("%s", golden).isEqualTo(read(golden));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Entries of a folder by name; never empty, so a test over them cannot pass on nothing. */
    static List<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> sorted = entries.sorted().toList();
            assertThat(sorted).as("%s", folder).isNotEmpty();
            return sorted;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
