package dev.ktstr.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Compiles programs that are workers, with the header as it lies in the jar. */
final class Programs {
    private static final String HEADER = "/dev/ktstr/guest/include/ktstr_worker.h";

    private Programs() {}

    /** Compiles a C file, warnings being errors; the program lies in the folder. */
    static Path compile(Path source, Path folder) throws IOException, InterruptedException {
        try (InputStream header = Programs.class.getResourceAsStream(HEADER)) {
            if (header == null) {
                throw new IllegalStateException("the jar of ktstr-guest has no " + HEADER);
            }
            Files.write(folder.resolve("ktstr_worker.h"), header.readAllBytes());
        }
        Path program = folder.resolve(source.getFileName().toString().replace(".c", ""));
        Path log = folder.resolve("compiler.log");
        Process compiler = new ProcessBuilder(List.of(
                        "gcc",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-I",
                        folder.toString(),
                        "-o",
                        program.toString(),
                        source.toString(),
                        "-pthread",
                        "-lm"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
            compiler.destroyForcibly();
            throw new IllegalStateException(source + " does not compile:\n" + Files.readString(log));
        }
        return program;
    }
}
