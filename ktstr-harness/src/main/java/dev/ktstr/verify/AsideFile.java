package dev.ktstr.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Replaces a file at once: nobody ever reads half of it. */
final class AsideFile {
    private AsideFile() {}

    static void write(Path file, byte[] content) throws IOException {
        Path target = file.toAbsolutePath();
        Files.createDirectories(target.resolveSibling(""));
        Path aside = Files.createTempFile(target.resolveSibling(""), "." + target.getFileName(), ".tmp");
        try {
            Files.write(aside, content);
            Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
