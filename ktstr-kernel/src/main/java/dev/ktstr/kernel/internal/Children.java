package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs other programs: arguments as a list, never expanded by a shell; bounded; gone, with all that they started, when we are
 * interrupted or the JVM ends, however it does.
 */
public final class Children {
    private static final int MAX_OUTPUT = 8 << 20;
    private static final int STDERR_LINES = 20;

    private Children() {}

    /**
     * What a program left behind.
     *
     * @param exit its exit status
     * @param out its standard output, at most 8 MiB of it
     * @param err its standard error, likewise
     */
    public record Result(int exit, String out, String err) {}

    /**
     * Runs a program to its end and returns its standard output.
     *
     * @param doing what it is run for, for the message: {@code "update the package lists"}
     * @throws KernelException when it cannot be started, fails, overruns {@code limit}, or we are interrupted; it is dead
     *     by then
     */
    public static String run(String doing, List<String> argv, Path folder, Duration limit) {
        Result r = attempt(doing, argv, folder, limit);
        if (r.exit != 0) {
            throw new KernelException("cannot " + doing + ": " + String.join(" ", argv) + " ended with status " + r.exit
                    + tail(r.err.isBlank() ? r.out : r.err));
        }
        return r.out;
    }

    /** As {@link #run}, but a status other than 0 is the caller's to judge. */
    public static Result attempt(String doing, List<String> argv, Path folder, Duration limit) {
        try (Spool out = new Spool();
                Spool err = new Spool()) {
            int exit = runTo(doing, argv, folder, limit, out, err);
            return new Result(exit, out.text(), err.text());
        } catch (IOException e) {
            throw new KernelException("cannot " + doing + ": cannot run " + argv.get(0) + ": " + e.getMessage(), e);
        }
    }

    private static int runTo(String doing, List<String> argv, Path folder, Duration limit, Spool out, Spool err)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(argv)
                .directory(folder.toFile())
                .redirectOutput(out.file())
                .redirectError(err.file());
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
        Process process = Supervisor.start(builder);
        try {
            out.unlink();
            err.unlink();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new KernelException("cannot " + doing + ": " + String.join(" ", argv) + " did not end within "
                        + limit.toSeconds() + " s and was killed" + tail(err.text()));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelException("cannot " + doing + ": interrupted while " + argv.get(0) + " ran", e);
        } finally {
            Supervisor.end(process);
        }
    }

    private static String tail(String text) {
        List<String> lines = text.lines().filter(l -> !l.isBlank()).toList();
        if (lines.isEmpty()) {
            return " and printed nothing";
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - STDERR_LINES), lines.size());
        return ":\n  " + String.join("\n  ", last);
    }

    /**
     * What a program prints, in a file without a name: no thread has to drain it, no full pipe can stop the program, and
     * nothing of it is left when we are killed.
     */
    private static final class Spool implements AutoCloseable {
        private final Path path;
        private final InputStream content;

        Spool() throws IOException {
            path = Files.createTempFile("ktstr-output", null);
            content = new FileInputStream(path.toFile());
        }

        /** The file, until {@link #unlink}. */
        File file() {
            return path.toFile();
        }

        /** Takes the name away, once the program has the file open. */
        void unlink() throws IOException {
            Files.deleteIfExists(path);
        }

        /** All of it; once. */
        String text() throws IOException {
            return new String(content.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            content.close();
            unlink();
        }
    }
}
