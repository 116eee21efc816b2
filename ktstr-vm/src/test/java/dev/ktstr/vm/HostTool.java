package dev.ktstr.vm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the distribution that reads what we write: a judge that does not share our mistakes. */
public final class HostTool {
    private static final int BOUND_S = 60;

    private HostTool() {}

    /** Skips the test, loudly, where the program is not installed; {@code ./check} installs it. */
    public static void assumeInstalled(String program) {
        boolean found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
        assumeTrue(found, program + " is installed (build/requirements says by which package)");
    }

    /** Runs it in a folder; gives all it printed, and fails when it does not succeed. */
    public static String run(Path folder, String... command) {
        try {
            Path out = Files.createTempFile(folder, "tool", ".out");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .redirectInput(new File("/dev/null"))
                    .start();
            try {
                if (!process.waitFor(BOUND_S, TimeUnit.SECONDS)) {
                    throw new AssertionError(List.of(command) + " did not end in " + BOUND_S + " s");
                }
            } finally {
                process.destroyForcibly();
            }
            String text = Files.readString(out, StandardCharsets.ISO_8859_1);
            if (process.exitValue() != 0) {
                throw new AssertionError(List.of(command) + " ended with " + process.exitValue() + ":\n" + text);
            }
            return text;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
