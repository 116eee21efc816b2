package dev.ktstr.it.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A folder of a benchmark; closing it removes it with all that is in it.
 *
 * @param path the folder
 */
record Scratch(Path path) implements AutoCloseable {
    /** Makes one where temporary files are. */
    static Scratch make() throws IOException {
        return new Scratch(Files.createTempDirectory("ktstr-bench"));
    }

    /** Makes one in a folder. */
    static Scratch in(Path folder) throws IOException {
        return new Scratch(Files.createTempDirectory(folder, "ktstr-bench"));
    }

    /** Removes a file, or a folder with all that is in it. */
    static void remove(Path path) throws IOException {
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Override
    public void close() throws IOException {
        remove(path);
    }
}
